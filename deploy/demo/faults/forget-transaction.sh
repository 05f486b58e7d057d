# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A client leaves a transaction open'
check=pool status=warning finding=pool_idle_in_transaction text='has been idle in a transaction'
seen_within=90s gone_within=30s

inject() { start_holder forget-transaction "$PORT_POSTGRES" 1; }
fix() { stop_process holder-forget-transaction; }
