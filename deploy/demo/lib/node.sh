# SPDX-License-Identifier: Apache-2.0
# Node and the npm packages of the demo site, kept in $TOOLS and installed once for a lock file.
# shellcheck shell=bash

node_is_new_enough() { "$1" -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)'; }

# Baileys needs Node 20, Debian 12 has 18: then a newer one is installed from npm into $TOOLS.
find_node() {
  local candidate
  for candidate in "$TOOLS/node/bin/node" "$(command -v node || true)"; do
    if [[ -x $candidate ]] && node_is_new_enough "$candidate" 2>/dev/null; then
      NODE=$candidate
      return 0
    fi
  done
  return 1
}

install_node() {
  find_node && return 0
  local machine
  case $(uname -m) in
    x86_64) machine=x64 ;;
    aarch64) machine=arm64 ;;
    *) die "there is no Node 20 here, and none on npm for $(uname -m); install one and try again" ;;
  esac
  command -v npm >/dev/null || die "npm is missing: apt-get install npm, or any Node 20 or newer"
  mkdir -p "$TOOLS/node"
  echo '{"private": true}' >"$TOOLS/node/package.json"
  run_npm --prefix "$TOOLS/node" install --no-save --ignore-scripts "node-linux-$machine@22.23.3"
  ln -sfn "node_modules/node-linux-$machine/bin" "$TOOLS/node/bin"
  find_node || die "the Node from npm does not run here: $TOOLS/node/bin/node"
}

# npm with its cache inside $TOOLS, so that nothing is written to a home directory.
run_npm() {
  npm_config_cache="$TOOLS/npm-cache" npm --no-audit --no-fund --no-update-notifier \
    --loglevel=error "$@" >>"$DIR/log/npm.log" 2>&1 || {
    show_log npm
    die "npm failed to install the packages of the demo"
  }
}

# PM2, node-postgres and Baileys, exactly as locked. Several sites may share $TOOLS, hence the lock.
install_packages() {
  local want
  want=$(sha256sum <"$demo/services/package-lock.json")
  mkdir -p "$TOOLS"
  exec 8>"$TOOLS/.lock"
  flock 8
  if [[ $(cat "$TOOLS/installed" 2>/dev/null) != "$want" ]]; then
    install_node
    cp "$demo/services/package.json" "$demo/services/package-lock.json" "$TOOLS/"
    # None of these packages needs its install script (Baileys' only checks the version of Node).
    run_npm --prefix "$TOOLS" ci --omit=dev --ignore-scripts
    rm -rf "$TOOLS/npm-cache"
    echo "$want" >"$TOOLS/installed"
  fi
  exec 8>&-
  find_node || die "no Node 20 or newer was found; run deploy/quickstart"
}
