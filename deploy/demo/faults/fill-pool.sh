# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Ten clients want PgBouncer'\''s four connections and none releases one'
check=pooler status=critical finding=pool_clients_waiting text='clients wait for a connection'
seen_within=30s gone_within=30s

inject() { start_holder fill-pool "$PORT_PGBOUNCER" 10; }
fix() { stop_process holder-fill-pool; }
