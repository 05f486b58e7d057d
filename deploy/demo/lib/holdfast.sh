# SPDX-License-Identifier: Apache-2.0
# Holdfast's configuration for this site, and its daemon.
# shellcheck shell=bash

write_holdfast_config() {
  cat >"$DIR/holdfast.yaml.new" <<EOF
# Written by deploy/demo/site at each start; the addresses are this site's own.
defaults: {interval: 5s, timeout: 3s, confirm: 3, retry_interval: 1s}
history: {path: $DIR/history.db}
databases:
  timeweb:
    host: localhost
    port: $PORT_NETWORK      # the demo's relay, which a fault can slow down
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
  - name: in-use
    kind: usage
    database: timeweb
    role: active
    tables: {whatsapp_keys: {min_writes: 1/m}}
    gone_after: 10s          # the services here never rest; 10m is the default
EOF
  config_is_new=no
  cmp -s "$DIR/holdfast.yaml.new" "$DIR/holdfast.yaml" || config_is_new=yes
  mv "$DIR/holdfast.yaml.new" "$DIR/holdfast.yaml"
}

holdfast_is_built() { [[ -x $HOLDFAST ]]; }

# A daemon of an older build or an older configuration is replaced.
start_holdfast() {
  local pid
  if pid=$(pid_of holdfast) && { [[ $config_is_new == yes ]] ||
    [[ $(readlink "/proc/$pid/exe") != "$(realpath "$HOLDFAST")" ]]; }; then
    stop_holdfast
  fi
  start_process holdfast "$HOLDFAST" serve --config.file "$DIR/holdfast.yaml" \
    --web.listen-address="127.0.0.1:$PORT_HOLDFAST"
  wait_for holdfast "$PORT_HOLDFAST"
}
stop_holdfast() { stop_process holdfast TERM 5; }
