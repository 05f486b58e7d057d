# SPDX-License-Identifier: Apache-2.0
# Planting and fixing. Each fault is a file of faults/ with a few fields for the table, a function
# plant and a function fix. A mark in $DIR/planted says what is planted now.
# shellcheck shell=bash

fault_names() { (cd "$demo/faults" && printf '%s\n' *.sh | sed 's/\.sh$//'); }
is_planted() { [[ -e $DIR/planted/$1.fault ]]; }
list_planted() {
  local name
  for name in $(fault_names); do
    ! is_planted "$name" || say "planted: $name (fix it with: $demo/fix $name)"
  done
}

load_fault() {
  [[ $1 =~ ^[a-z0-9-]+$ && -f $demo/faults/$1.sh ]] ||
    die "there is no fault $1; the list is: $demo/break --list"
  # Whether it takes an earlier look to see it: then only the daemon can, not a check by hand.
  # shellcheck source=/dev/null
  source "$demo/faults/$1.sh"
}

plant_fault() {
  load_fault "$1"
  # The mark comes first: what is half planted can be fixed.
  : >"$DIR/planted/$1.fault"
  plant
}
fix_fault() {
  load_fault "$1"
  fix
  rm -f "$DIR/planted/$1.fault"
}

# For `site up`, which starts what is missing by itself: undo what a start does not.
fix_everything() {
  local name
  for name in $(fault_names); do
    ! is_planted "$name" || (fix_fault "$name") || say "  $name could not be fixed" >&2
  done
}

# Clients that do nothing but hold connections, by the name of the fault that needs them.
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

# What the relay between Holdfast and the database does: a delay each way in ms, or "drop".
set_network() {
  local pid
  echo "$1" >"$DIR/planted/network-delay"
  pid=$(pid_of network) && kill -HUP "$pid"
}

# For break and fix: the running site, one command at a time.
enter_site() {
  read_ports
  find_node || die "no Node from 20 on was found; start the site with: $demo/site up"
  choose_server_user
  exec 9>"$DIR/run/lock"
  flock -w 60 9 || die "another command has been working on $DIR for a minute"
}

# Rows a fault changes are kept in a schema only the superuser can see, and put back by fix.
save_rows() { # NAME QUERY
  admin_sql -c 'SET client_min_messages = warning' -c 'CREATE SCHEMA IF NOT EXISTS saved' \
    -c "CREATE TABLE IF NOT EXISTS saved.$1 AS $2"
}
forget_rows() { admin_sql -c 'SET client_min_messages = warning' -c "DROP TABLE IF EXISTS saved.$1"; }
# Puts rows back that fix finds missing; where nothing was saved there is nothing to do.
is_saved() { [[ $(admin_sql -c "SELECT to_regclass('saved.$1') IS NOT NULL") == t ]]; }
