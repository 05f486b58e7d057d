# SPDX-License-Identifier: Apache-2.0
# Shared by all modules of the demo site: directories, messages, ports and passwords.
# Sourced, never run. Nothing is written outside $DIR; all addresses are 127.0.0.1.
# shellcheck shell=bash

demo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
checkout=$(cd "$demo/../.." && pwd)
DIR=${HOLDFAST_DEMO_DIR:-$checkout/.demo}
# The npm packages and the generated WhatsApp state are the same for every site of a checkout, so tests
# that run several sites can share one copy. A site records their location.
TOOLS=$DIR/tools STATE=$DIR/baileys-state
# shellcheck source=/dev/null
[[ ! -s $DIR/shared.env ]] || source "$DIR/shared.env"
TOOLS=${HOLDFAST_DEMO_TOOLS:-$TOOLS} STATE=${HOLDFAST_DEMO_STATE:-$STATE}
HOLDFAST=${HOLDFAST_BINARY:-$checkout/build/release/holdfast}
SESSION=company_962302

say() { printf '%s\n' "$*"; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 1
}

# Waits until the command succeeds; the first argument is the limit in seconds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.1
  done
}

make_directory() {
  mkdir -p "$DIR"
  DIR=$(cd "$DIR" && pwd)
  # A Unix socket's path has at most 107 bytes, and PM2 creates two in its home.
  ((${#DIR} <= 90)) || die "the directory's path is too long for PM2's socket: $DIR"
  # quickstart's log may exist before the site does.
  if [[ ! -e $DIR/shared.env && -n $(find "$DIR" -mindepth 1 -maxdepth 1 ! -name log) ]]; then
    die "$DIR is not empty and not a demo site; choose an empty directory"
  fi
  mkdir -p "$DIR"/{run,log,secrets,tls,injected}
  chmod 700 "$DIR/secrets"
  printf 'TOOLS=%q STATE=%q\n' "$TOOLS" "$STATE" >"$DIR/shared.env"
}

# Ports are chosen once, free at that time, and kept: addresses survive a restart of the site.
choose_ports() {
  if [[ ! -s $DIR/site.env ]]; then
    local wanted=0
    [[ -n ${HOLDFAST_DEMO_DIR:-} ]] || wanted=19627
    "$NODE" "$demo/services/free-ports.mjs" \
      PORT_HOLDFAST=$wanted PORT_POSTGRES PORT_NETWORK PORT_PGBOUNCER PORT_API PORT_PROMETHEUS \
      >"$DIR/site.env.new"
    mv "$DIR/site.env.new" "$DIR/site.env"
  fi
  read_ports
}

read_ports() {
  [[ -s $DIR/site.env ]] || die "there is no site in $DIR; start one with: $demo/site up"
  # shellcheck source=/dev/null
  source "$DIR/site.env"
}

# Passwords are generated at the first start and stored in files only their owner can read.
make_secrets() {
  local name
  umask 077
  for name in postgres app holdfast pgbouncer; do
    [[ -s $DIR/secrets/$name ]] || openssl rand -hex 16 >"$DIR/secrets/$name"
  done
  {
    for name in postgres app holdfast; do
      echo "*:*:*:$name:$(<"$DIR/secrets/$name")"
    done
  } >"$DIR/secrets/pgpass"
  umask 022
}

secret() { cat "$DIR/secrets/$1"; }
