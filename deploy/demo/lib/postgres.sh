# SPDX-License-Identifier: Apache-2.0
# The demo's own PostgreSQL cluster: TLS only, no Unix socket, in $DIR/postgres.
# shellcheck shell=bash

postgres_programs() {
  local found
  found=$(printf '%s\n' /usr/lib/postgresql/*/bin/postgres | sort -V | tail -1)
  [[ -x $found ]] || die "PostgreSQL's server is not installed; run deploy/quickstart"
  dirname "$found"
}

# SQL as the superuser, from arguments of psql or standard input. Does not verify the certificate on purpose: it must
# still connect when a fault has broken the certificate.
admin_sql() {
  PGPASSFILE=$DIR/secrets/pgpass PGCONNECT_TIMEOUT=5 PGSSLROOTCERT=/nonexistent psql -X -q -A -t \
    -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$PORT_POSTGRES" -U postgres -d "${DATABASE:-default_db}" "$@"
}

make_cluster() {
  local home=$DIR/postgres
  [[ -s $home/data/PG_VERSION ]] && return 0
  rm -rf "$home" && mkdir -p "$home" && chmod 700 "$home"
  cp "$DIR/secrets/postgres" "$home/password"
  give_to_server "$home"
  "${as_server[@]}" "$(postgres_programs)/initdb" -D "$home/data" -U postgres -A scram-sha-256 \
    --pwfile="$home/password" -E UTF8 --no-locale --no-sync >"$DIR/log/initdb.log" 2>&1 ||
    { show_log initdb && die "the database cluster could not be created"; }
  rm -f "$home/password"
  cat >"$home/data/pg_hba.conf" <<EOF
hostssl all all 127.0.0.1/32 scram-sha-256
EOF
}

# Small, and without fsync: a demo may lose its data in a power failure.
write_postgres_config() {
  cat >"$DIR/postgres/data/postgresql.auto.conf" <<EOF
listen_addresses = '127.0.0.1'
port = $PORT_POSTGRES
unix_socket_directories = ''
ssl = on
ssl_cert_file = '$DIR/postgres/server.crt'
ssl_key_file = '$DIR/postgres/server.key'
ssl_ca_file = '$DIR/postgres/ca.crt'
password_encryption = 'scram-sha-256'
shared_preload_libraries = 'pg_stat_statements'
# Otherwise it would store and show the text of ALTER ROLE ... PASSWORD.
pg_stat_statements.track_utility = off
max_connections = 60
shared_buffers = '32MB'
max_wal_size = '128MB'
fsync = off
full_page_writes = off
jit = off
logging_collector = off
log_line_prefix = '%m [%p] %a '
EOF
  give_to_server "$DIR/postgres/data"
}

# Installs a certificate of tls/ for the server (as copies, since it may run as another user).
use_certificate() { # NAME
  install -m 644 "$DIR/tls/ca.crt" "$DIR/postgres/ca.crt"
  install -m 644 "$DIR/tls/$1.crt" "$DIR/postgres/server.crt"
  install -m 600 "$DIR/tls/$1.key" "$DIR/postgres/server.key"
  give_to_server "$DIR/postgres"
}
reload_postgres() {
  local pid
  pid=$(pid_of postgres) && kill -HUP "$pid"
}

start_postgres() {
  start_process postgres "${as_server[@]}" "$(postgres_programs)/postgres" -D "$DIR/postgres/data"
  DATABASE=postgres wait_until 60 admin_sql -c 'SELECT 1' ||
    { show_log postgres && die "PostgreSQL does not answer on port $PORT_POSTGRES"; }
}
# Fast shutdown: sessions are ended, files are clean.
stop_postgres() { stop_process postgres INT 20; }

# Roles, the database and its tables; may be run again.
make_database() {
  DATABASE=postgres admin_sql <<EOF
SELECT 'CREATE ROLE app LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app') \gexec
SET password_encryption = 'scram-sha-256';
ALTER ROLE app PASSWORD '$(secret app)';
SELECT 'CREATE DATABASE default_db OWNER app' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'default_db') \gexec
EOF
  admin_sql -c 'SET client_min_messages = warning' \
    -c 'CREATE EXTENSION IF NOT EXISTS pg_stat_statements' \
    -c 'SET ROLE app' -f "$demo/sql/schema.sql"
  grant_rights
}

# Runs the SQL files shipped for real servers, as the roles they require.
grant_rights() {
  admin_sql -f "$checkout/deploy/sql/role.sql"
  set_password holdfast "$(secret holdfast)"
  admin_sql -c 'SET ROLE app' -f "$checkout/deploy/sql/whatsapp.sql"
}
set_password() { # ROLE PASSWORD
  admin_sql <<<"ALTER ROLE $1 PASSWORD '$2'"
}

# The relay between Holdfast and the database, which faults slow down.
start_network() {
  start_process network "$NODE" "$demo/services/network.mjs" "$PORT_NETWORK" "$PORT_POSTGRES" \
    "$DIR/injected/network-delay"
  wait_for network "$PORT_NETWORK"
}
