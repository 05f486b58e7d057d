# SPDX-License-Identifier: Apache-2.0
# PM2 with its own home, and the seven services.
# shellcheck shell=bash

# A clean environment: PM2 copies all of it into the description of each process.
pm2() {
  env -i PATH="$(dirname "$NODE"):/usr/bin:/bin" HOME="$DIR/pm2" PM2_HOME="$DIR/pm2" LANG=C.UTF-8 \
    PM2_DISABLE_VERSION_CHECK=true SITE_DIR="$DIR" TOOLS="$TOOLS" PORT_API="$PORT_API" \
    PORT_POSTGRES="$PORT_POSTGRES" PORT_PGBOUNCER="$PORT_PGBOUNCER" \
    POSTGRES_DATABASE="${POSTGRES_DATABASE:-}" \
    "$NODE" "$TOOLS/node_modules/pm2/bin/pm2" --silent "$@" >>"$DIR/log/pm2.log" 2>&1 \
    </dev/null 8>&- 9>&-
}

# The daemon's process id, only if that process is the daemon of this home.
pm2_pid() {
  local pid
  pid=$(cat "$DIR/pm2/pm2.pid" 2>/dev/null) || return 1
  [[ -n $pid ]] && grep -qsF "God Daemon ($DIR/pm2)" "/proc/$pid/cmdline" || return 1
  echo "$pid"
}
pm2_is_gone() { ! pm2_pid >/dev/null; }

# Whether no service of this site is running, with or without PM2.
services_are_gone() { ! grep -qszxF "SITE_DIR=$DIR" /proc/[0-9]*/environ; }

# Starts what is not running; services already online are not touched.
start_services() {
  mkdir -p "$DIR/pm2"
  if pm2_is_gone; then
    # Services exit with their PM2, but not at the same time.
    wait_until 20 services_are_gone || die "services of a dead PM2 are still running"
    rm -f "$DIR"/pm2/{rpc,pub}.sock
    pm2 start "$demo/services/ecosystem.config.cjs" ||
      { show_log pm2 && die "PM2 could not start the services"; }
  fi
  pm2 save --force
  # The check of the backups would find none, or only old ones.
  [[ -e $DIR/injected/no-backups ]] || wait_until 30 has_new_backup || say "  no backup was written" >&2
}
has_new_backup() { find "$DIR/backups" -name 'sessions-*.json' -mmin -1 2>/dev/null | grep -q .; }

stop_services() {
  local pid
  pid=$(pm2_pid) || return 0
  kill -CONT "$pid"
  pm2 kill || true
  wait_until 10 pm2_is_gone || kill -KILL "$pid"
}
