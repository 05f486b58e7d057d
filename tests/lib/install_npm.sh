#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#   install_npm.sh FOLDER NAME [NPM-FLAG ...]
# Installs the packages of FOLDER/package-lock.json, once, into build/tools/NAME, after the demo's own packages.
# Prints three lines: the Node to use, the directory of the demo's packages, and this directory.
set -euo pipefail
source=$1 name=$2
shift 2
checkout=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOLDFAST_DEMO_DIR=$folder HOLDFAST_DEMO_TOOLS=${HOLDFAST_DEMO_TOOLS:-$checkout/build/tools}
# shellcheck source=/dev/null
source "$checkout/deploy/demo/lib/all.sh"
{
  make_directory
  install_packages
  place=$TOOLS/$name
  mkdir -p "$place"
  exec 8>"$place/.lock"
  flock 8
  want=$(sha256sum <"$source/package-lock.json")
  if [[ $(cat "$place/installed" 2>/dev/null) != "$want" ]]; then
    cp "$source/package.json" "$source/package-lock.json" "$place/"
    run_npm --prefix "$place" ci --ignore-scripts "$@"
    rm -rf "$TOOLS/npm-cache"
    echo "$want" >"$place/installed"
  fi
} >&2
echo "$NODE"
echo "$TOOLS"
echo "$place"
