# SPDX-License-Identifier: Apache-2.0
# Installs missing Debian packages for the quick start, without starting or enabling their services.
# Sourced; needs $deploy.
# shellcheck shell=bash

EXTRA_PACKAGE_LISTS=()

as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    echo "packages are missing, and installing them needs root or sudo" >&2
    return 1
  fi
}

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

node_and_npm_are_here() {
  command -v npm >/dev/null &&
    node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' 2>/dev/null
}

# The names in the lists that are not installed; EXTRA_PACKAGE_LISTS adds to them.
missing_packages() {
  local name lists=("$deploy/packages/build.txt" "$deploy/packages/demo.txt")
  lists+=("${EXTRA_PACKAGE_LISTS[@]}")
  node_and_npm_are_here || lists+=("$deploy/packages/node.txt")
  grep -hv '^#' "${lists[@]}" | while read -r name; do is_installed "$name" || echo "$name"; done
}

install_debian_packages() {
  local missing
  command -v apt-get >/dev/null ||
    { echo "this script supports Debian 12 and 13: apt-get was not found" && return 1; }
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || { echo "all packages are installed" && return 0; }
  echo "to install: ${missing[*]}"
  as_root apt-get -o DPkg::Lock::Timeout=600 update
  as_root env DEBIAN_FRONTEND=noninteractive bash -c "$(declare -f install_quietly); install_quietly \"\$@\"" \
    install_quietly "${missing[@]}"
}

# Runs as root. Debian starts a server as soon as its package is installed: a temporary policy file
# prevents that, unless the machine has its own policy. Units of the packages are disabled afterwards,
# too; the demo runs its servers itself.
install_quietly() {
  set -e
  local policy=/usr/sbin/policy-rc.d unit code=0
  local -A before=()
  for unit in postgresql pgbouncer prometheus prometheus-node-exporter; do
    [[ ! -e /lib/systemd/system/$unit.service ]] || before[$unit]=1
  done
  if [[ ! -e $policy ]]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  # Debian's npm alone is four hundred small packages, and dpkg would sync the disk after each.
  apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-unsafe-io \
    install -y --no-install-recommends "$@" || code=$?
  if command -v systemctl >/dev/null; then
    for unit in postgresql pgbouncer prometheus prometheus-node-exporter; do
      [[ -n ${before[$unit]:-} || ! -e /lib/systemd/system/$unit.service ]] ||
        systemctl disable --quiet "$unit" || true
    done
  fi
  return $code
}
