# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PgBouncer hangs'
check=pooler status=critical finding=pool_timed_out text='did not answer .*in time'
seen_within=30s gone_within=30s

inject() { kill -STOP "$(pid_of pgbouncer)"; }
fix() {
  local pid
  pid=$(pid_of pgbouncer) && kill -CONT "$pid"
}
