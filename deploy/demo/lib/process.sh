# SPDX-License-Identifier: Apache-2.0
# Background processes of the demo site: started in their own session and identified by id and start
# time, so that a reused process id is never signalled.
# shellcheck shell=bash

# The kernel's start time of a process in clock ticks; nothing when it does not exist.
began() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# Prints the id of the running process NAME, or fails.
pid_of() {
  local pid start
  [[ -s $DIR/run/$1.pid ]] || return 1
  read -r pid start <"$DIR/run/$1.pid"
  [[ -n $start && $(began "$pid") == "$start" ]] || return 1
  [[ $(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f1) != Z ]] || return 1
  echo "$pid"
}

start_process() { # NAME COMMAND...
  local name=$1
  shift
  ! pid_of "$name" >/dev/null || return 0
  setsid "$@" >>"$DIR/log/$name.log" 2>&1 </dev/null 8>&- 9>&- &
  local pid=$!
  echo "$pid $(began $pid)" >"$DIR/run/$name.pid"
}

# Children of a process (a server's workers may have left its process group).
children_of() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }

# Sends a signal to a process and its direct children.
signal_tree() { # SIGNAL PID
  local child
  kill "-$1" "$2" 2>/dev/null || true
  for child in $(children_of "$2"); do kill "-$1" "$child" 2>/dev/null || true; done
}

# Stops NAME by SIGNAL, and by SIGKILL after LIMIT seconds. A suspended process is resumed first.
stop_process() { # NAME [SIGNAL] [LIMIT]
  local pid child children
  if pid=$(pid_of "$1"); then
    children=$(children_of "$pid")
    signal_tree CONT "$pid"
    kill "-${2:-TERM}" "$pid" 2>/dev/null || true
    if ! wait_until "${3:-10}" process_is_gone "$1"; then
      signal_tree KILL "$pid"
      wait_until 5 process_is_gone "$1" || true
      say "  $1 did not stop by itself and was killed" >&2
    fi
    # shellcheck disable=SC2086
    for child in $children; do wait_until 5 test ! -d "/proc/$child" || true; done
  fi
  rm -f "$DIR/run/$1.pid"
}

# Resumes processes suspended by a fault.
thaw_everything() {
  local name pid
  for name in postgres pgbouncer; do
    if pid=$(pid_of $name); then signal_tree CONT "$pid"; fi
  done
  if pid=$(pm2_pid); then kill -CONT "$pid"; fi
}

process_is_gone() { ! pid_of "$1" >/dev/null; }

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Waits until NAME, just started, answers on PORT; prints its log if it does not.
wait_for() { # NAME PORT
  local deadline=$((SECONDS + 30))
  until listens "$2"; do
    if process_is_gone "$1" || ((SECONDS >= deadline)); then
      show_log "$1"
      die "$1 does not answer on port $2"
    fi
    sleep 0.1
  done
}

# Prints the last lines of a log after an error.
show_log() {
  [[ -s $DIR/log/$1.log ]] || return 0
  say "--- the end of $DIR/log/$1.log" >&2
  tail -n 15 "$DIR/log/$1.log" >&2
}

# PostgreSQL and PgBouncer refuse to run as root. They run as the package's user then, who may not have
# access to a directory under /root: in that case they get one capability, CAP_DAC_READ_SEARCH or, if that
# is not sufficient, CAP_DAC_OVERRIDE; no permissions are changed.
choose_server_user() {
  as_server=()
  server_user=$(id -un)
  [[ $(id -u) == 0 ]] || return 0
  server_user=postgres
  local base=(setpriv --reuid=postgres --regid=postgres --clear-groups) capability
  as_server=("${base[@]}")
  can_reach && return 0
  for capability in dac_read_search dac_override; do
    as_server=("${base[@]}" "--inh-caps=+$capability" "--ambient-caps=+$capability")
    can_reach && return 0
  done
  die "the user postgres cannot reach $DIR; move the checkout to a directory it can access, such as /srv"
}
# Not `test -x`: access(2) ignores capabilities.
# shellcheck disable=SC2016  # $1 is for the inner shell.
can_reach() { "${as_server[@]}" sh -c 'cd "$1"' sh "$DIR" 2>/dev/null; }

# Changes the owner of a path to the server's user.
give_to_server() { [[ $(id -u) != 0 ]] || chown -R "$server_user:" "$@"; }
