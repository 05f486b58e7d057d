# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A client opens connections until the server has none left'
check=timeweb status=critical finding=postgres_too_many_clients text='too many clients are connected'
seen_within=30s gone_within=30s

inject() { start_holder fill-server "$PORT_POSTGRES" 70; }
fix() { stop_process holder-fill-server; }
