# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A client leaks connections: 25 more than the seven services have'
check=pool status=warning finding=pool_over_budget text='limit 21, the budget'
seen_within=30s gone_within=30s

inject() { start_holder leak-connections "$PORT_POSTGRES" 25; }
fix() { stop_process holder-leak-connections; }
