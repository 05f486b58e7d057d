# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PostgreSQL still accepts connections and never answers'
check=timeweb status=critical finding=postgres_timed_out text='did not answer .*in time'
seen_within=30s gone_within=30s

inject() { signal_tree STOP "$(pid_of postgres)"; }
fix() {
  local pid
  pid=$(pid_of postgres) && signal_tree CONT "$pid"
}
