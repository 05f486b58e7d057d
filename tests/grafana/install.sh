#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Grafana's own types and registries from npm, by the lock file beside this script, installed once into
# build/tools/grafana. Prints the Node to use and that folder, a line each.
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
  grafana=$TOOLS/grafana
  mkdir -p "$grafana"
  exec 8>"$grafana/.lock"
  flock 8
  want=$(sha256sum <"$here/package-lock.json")
  if [[ $(cat "$grafana/installed" 2>/dev/null) != "$want" ]]; then
    cp "$here/package.json" "$here/package-lock.json" "$grafana/"
    run_npm --prefix "$grafana" ci --ignore-scripts
    rm -rf "$TOOLS/npm-cache"
    echo "$want" >"$grafana/installed"
  fi
} >&2
echo "$NODE"
echo "$grafana"
