# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PgBouncer is stopped'
check=pooler status=critical finding=pool_refused text='refuses connections'
seen_within=30s gone_within=30s

inject() { stop_pgbouncer; }
fix() { start_pgbouncer; }
