# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The network to the database has a round-trip time of 140 ms'
check=timeweb status=warning finding=postgres_query_slow text='takes .* ms .limit'
seen_within=30s gone_within=30s

inject() { set_network 70; }
fix() { set_network 0; }
