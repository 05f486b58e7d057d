# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PostgreSQL is shut down'
check=timeweb status=critical finding=postgres_refused text='refused'
seen_within=20s gone_within=30s

plant() { stop_postgres; }
mend() { start_postgres; }
