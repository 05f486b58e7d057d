#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of the pages need from npm, installed once into build/tools: the demo's PM2 and, by the
# lock file beside this script, the driver of Chromium and axe-core. Prints where it is, a line each.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(cd "$here/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export HOLDFAST_DEMO_DIR=$folder HOLDFAST_DEMO_TOOLS=${HOLDFAST_DEMO_TOOLS:-$checkout/build/tools}
# shellcheck source=/dev/null
source "$checkout/deploy/demo/lib/all.sh"
{
  make_directory
  install_packages
  web=$TOOLS/web
  mkdir -p "$web"
  exec 8>"$web/.lock"
  flock 8
  want=$(sha256sum <"$here/package-lock.json")
  if [[ $(cat "$web/installed" 2>/dev/null) != "$want" ]]; then
    cp "$here/package.json" "$here/package-lock.json" "$web/"
    run_npm --prefix "$web" ci --ignore-scripts
    echo "$want" >"$web/installed"
  fi
} >&2
echo "$NODE"
echo "$TOOLS/node_modules/pm2/bin/pm2"
echo "$web"
