# SPDX-License-Identifier: Apache-2.0
# Holdfast's configuration for this site, and its daemon.
# shellcheck shell=bash

# The program that simulates the history of a new site: beside holdfast, never installed.
replay_program() { echo "$(dirname "$HOLDFAST")/holdfast-replay"; }

# A site's window starts once, two days before its first start, and belongs to its history: these two
# days are simulated, marked as such, so that page and report have something to show. A site that has
# a history already, or no replay program, starts its window now.
choose_window() {
  [[ ${HOLDFAST_DEMO_PAST:-yes} == yes ]] && holdfast_is_built || return 0
  if [[ ! -e $DIR/history.db && -x $(replay_program) ]]; then
    date -u -d '48 hours ago' +%FT%TZ >"$DIR/window-start"
  elif [[ ! -s $DIR/window-start || ! -e $DIR/history.db ]]; then
    date -u +%FT%TZ >"$DIR/window-start"
  fi
}

# Only before the first start, which creates the history.
replay_past() {
  [[ -s $DIR/window-start && ! -e $DIR/history.db && -x $(replay_program) ]] || return 0
  "$(replay_program)" "$DIR/holdfast.yaml" >>"$DIR/log/replay.log" 2>&1 ||
    { show_log replay && die "the history of the last two days could not be simulated"; }
}

# Injected faults may last 30 minutes; a database without activity is never accepted.
write_window() {
  [[ -s $DIR/window-start ]] || return 0
  cat <<EOF
windows:
  - name: phase-0
    start: $(<"$DIR/window-start")
    length: 7d
    checks: [timeweb, pool, pooler, api-pool, sessions, services, in-use]
    go_when: {coverage: 90%, critical: 30m, warning: 4h, latency: 100ms, require: [in-use]}
    on_no_go: restart        # after a failure the window restarts when the cause is fixed
EOF
}

write_holdfast_config() {
  choose_window
  cat >"$DIR/holdfast.yaml.new" <<EOF
# Written by deploy/demo/site at each start, with the addresses of this site.
defaults: {interval: 5s, timeout: 3s, confirm: 3, retry_interval: 1s}
history: {path: $DIR/history.db}
databases:
  timeweb:
    host: localhost
    port: $PORT_NETWORK      # the demo's relay, to which a fault can add a delay
    dbname: default_db
    user: holdfast
    password_file: $DIR/secrets/holdfast
    sslmode: verify-full
    sslrootcert: $DIR/tls/ca.crt
  pooler:
    host: localhost
    port: $PORT_PGBOUNCER
    dbname: pgbouncer
    user: holdfast
    password_file: $DIR/secrets/pgbouncer
    sslmode: verify-full
    sslrootcert: $DIR/tls/ca.crt
checks:
  - name: timeweb
    kind: postgres
    database: timeweb
    latency: {warning: 100ms, critical: 500ms}
    connect: {warning: 1s, critical: 3s}
    certificate: {warning: 14d, critical: 3d}
  - name: pool
    kind: pool
    source: postgres
    database: timeweb
    budget: 21
    waiting: {warning: 0, critical: 5}
  - name: pooler
    kind: pool
    source: pgbouncer
    database: pooler
    waiting: {warning: 0, critical: 5}
  - name: api-pool
    kind: pool
    source: http
    url: http://127.0.0.1:$PORT_API/
    waiting: {warning: 0, critical: 5}
  - name: sessions
    kind: whatsapp
    database: timeweb
    layout: ai-admin
    auth_records: 1
    expired: {warning: 100, critical: 500}
    drop: {warning: 5%, critical: 20%}
  - name: services
    kind: pm2
    home: $DIR/pm2
    expect: [ai-admin-api, ai-admin-worker-v2, baileys-whatsapp-service, whatsapp-backup-service,
             ai-admin-batch-processor, ai-admin-booking-monitor, ai-admin-telegram-bot]
    restarts_per_hour: {warning: 5, critical: 20}
  - name: backups
    kind: files
    path: $DIR/backups/sessions-*.json
    unfinished: $DIR/backups/*.tmp
    age: {warning: 2m, critical: 10m}      # the backup service here writes one every ten seconds
    size: {warning: 10KiB}
  - name: in-use
    kind: usage
    database: timeweb
    role: active
    tables: {whatsapp_keys: {min_writes: 1/m}}
    gone_after: 10s          # these services are never idle; the default is 10m
EOF
  write_window >>"$DIR/holdfast.yaml.new"
  config_is_new=no
  cmp -s "$DIR/holdfast.yaml.new" "$DIR/holdfast.yaml" || config_is_new=yes
  mv "$DIR/holdfast.yaml.new" "$DIR/holdfast.yaml"
}

holdfast_is_built() { [[ -x $HOLDFAST ]]; }

# Restarts a daemon of an older build or with an older configuration.
start_holdfast() {
  local pid
  if pid=$(pid_of holdfast) && { [[ $config_is_new == yes ]] ||
    [[ $(readlink "/proc/$pid/exe") != "$(realpath "$HOLDFAST")" ]]; }; then
    stop_holdfast
  fi
  if process_is_gone holdfast; then replay_past; fi
  start_process holdfast "$HOLDFAST" serve --config.file "$DIR/holdfast.yaml" \
    --web.listen-address="127.0.0.1:$PORT_HOLDFAST"
  wait_for holdfast "$PORT_HOLDFAST"
}
stop_holdfast() { stop_process holdfast TERM 5; }
