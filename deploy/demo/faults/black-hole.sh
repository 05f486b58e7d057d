# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The network drops all packets to the database: no refusal, no answer'
check=timeweb status=critical finding=postgres_timed_out text='did not answer .*in time'
seen_within=30s gone_within=30s

inject() { set_network drop; }
fix() { set_network 0; }
