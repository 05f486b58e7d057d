# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The way to the database takes 140 ms there and back instead of none'
check=timeweb status=warning finding=postgres_query_slow text='takes .* ms, more than'
seen_within=30s gone_within=30s

plant() { set_network 70; }
fix() { set_network 0; }
