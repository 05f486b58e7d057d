# SPDX-License-Identifier: Apache-2.0
# Injecting and fixing faults. Each is a file in faults/ with the fields of the table, a function inject
# and a function fix. A marker file in $DIR/injected shows that a fault is active.
# shellcheck shell=bash

fault_names() { (cd "$demo/faults" && printf '%s\n' *.sh | sed 's/\.sh$//'); }
is_injected() { [[ -e $DIR/injected/$1.fault ]]; }
list_injected() {
  local name
  for name in $(fault_names); do
    ! is_injected "$name" || say "active fault: $name (fix it with: $demo/fix $name)"
  done
}

load_fault() {
  [[ $1 =~ ^[a-z0-9-]+$ && -f $demo/faults/$1.sh ]] ||
    die "there is no fault $1; list them with: $demo/break --list"
  # Whether detecting it needs earlier readings: then only the daemon can, not a manual check.
  # shellcheck source=/dev/null
  source "$demo/faults/$1.sh"
}

inject_fault() {
  load_fault "$1"
  # The marker is written first, so that a partly injected fault can be fixed.
  : >"$DIR/injected/$1.fault"
  inject
}
fix_fault() {
  load_fault "$1"
  fix
  rm -f "$DIR/injected/$1.fault"
}

# For `site up`: undoes faults that starting the missing parts does not undo.
fix_everything() {
  local name
  for name in $(fault_names); do
    ! is_injected "$name" || (fix_fault "$name") || say "  $name could not be fixed" >&2
  done
}

# Clients that only hold connections, named after the fault that needs them.
start_holder() { # NAME PORT COUNT
  start_process "holder-$1" env NODE_PATH="$TOOLS/node_modules" HELD_SITE="$DIR" \
    "$NODE" "$demo/services/hold-connections.cjs" "$2" "$3" "$1"
}
stop_holders() {
  local file
  for file in "$DIR"/run/holder-*.pid; do
    [[ ! -e $file ]] || stop_process "$(basename "$file" .pid)"
  done
}

# Mode of the relay between Holdfast and the database: a one-way delay in ms, or "drop".
set_network() {
  local pid
  echo "$1" >"$DIR/injected/network-delay"
  pid=$(pid_of network) && kill -HUP "$pid"
}

# For break and fix: the running site, one command at a time.
enter_site() {
  read_ports
  find_node || die "no Node 20 or newer was found; start the site with: $demo/site up"
  choose_server_user
  exec 9>"$DIR/run/lock"
  flock -w 60 9 || die "another command has been working on $DIR for over a minute"
}

# Rows a fault changes are saved in a schema only the superuser can access, and restored by fix.
save_rows() { # NAME QUERY
  admin_sql -c 'SET client_min_messages = warning' -c 'CREATE SCHEMA IF NOT EXISTS saved' \
    -c "CREATE TABLE IF NOT EXISTS saved.$1 AS $2"
}
forget_rows() { admin_sql -c 'SET client_min_messages = warning' -c "DROP TABLE IF EXISTS saved.$1"; }
# Restores missing rows; does nothing if nothing was saved.
is_saved() { [[ $(admin_sql -c "SELECT to_regclass('saved.$1') IS NOT NULL") == t ]]; }
