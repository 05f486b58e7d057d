# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PostgreSQL is shut down'
check=timeweb status=critical finding=postgres_refused text='refuses connections'
seen_within=30s gone_within=30s

# The relay is stopped, too: it would accept connections that a stopped server refuses.
inject() {
  stop_process network
  stop_postgres
}
fix() {
  start_postgres
  start_network
}
