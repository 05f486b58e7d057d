# SPDX-License-Identifier: Apache-2.0
# PgBouncer in front of the demo's database: TLS on both sides, a pool of four server connections.
# shellcheck shell=bash

PGBOUNCER_POOL=4

write_pgbouncer_config() {
  local home=$DIR/pgbouncer
  mkdir -p "$home" && chmod 700 "$home"
  cp "$DIR/tls/ca.crt" "$DIR/tls/pgbouncer.crt" "$DIR/tls/pgbouncer.key" "$home/"
  # SCRAM to the server needs the password itself, not a verifier.
  printf '"%s" "%s"\n' app "$(secret app)" holdfast "$(secret pgbouncer)" >"$home/userlist.txt"
  cat >"$home/pgbouncer.ini" <<EOF
[databases]
default_db = host=127.0.0.1 port=$PORT_POSTGRES dbname=default_db

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $PORT_PGBOUNCER
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $home/userlist.txt
stats_users = holdfast
pool_mode = transaction
default_pool_size = $PGBOUNCER_POOL
max_client_conn = 200
query_wait_timeout = 600
server_login_retry = 1
client_tls_sslmode = require
client_tls_cert_file = $home/pgbouncer.crt
client_tls_key_file = $home/pgbouncer.key
server_tls_sslmode = verify-full
server_tls_ca_file = $home/ca.crt
EOF
  chmod 600 "$home"/*
  give_to_server "$home"
}

start_pgbouncer() {
  local program
  program=$(PATH=$PATH:/usr/sbin command -v pgbouncer) || die "PgBouncer is not installed"
  start_process pgbouncer "${as_server[@]}" "$program" -q "$DIR/pgbouncer/pgbouncer.ini"
  wait_for pgbouncer "$PORT_PGBOUNCER"
}
stop_pgbouncer() { stop_process pgbouncer TERM 5; }
