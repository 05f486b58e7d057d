# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The seven services use another database, as after a migration that did not happen'
check=in-use status=critical finding=usage_nobody text='No activity in timeweb'
seen_within=40s gone_within=30s

# Empty tables in another database: every service is healthy, but uses the wrong database.
inject() {
  DATABASE=postgres admin_sql -c 'DROP DATABASE IF EXISTS legacy_db WITH (FORCE)'
  DATABASE=postgres admin_sql -c 'CREATE DATABASE legacy_db OWNER app'
  DATABASE=legacy_db admin_sql -c 'SET client_min_messages = warning' -c 'SET ROLE app' \
    -f "$demo/sql/schema.sql"
  echo "$PORT_POSTGRES legacy_db" >"$DIR/injected/database"
}
fix() {
  rm -f "$DIR/injected/database"
  DATABASE=postgres admin_sql -c 'DROP DATABASE IF EXISTS legacy_db WITH (FORCE)'
}
