# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='One of the seven services is stopped and not started again'
check=services status=critical finding=pm2_process_not_online text='ai-admin-worker-v2 is stopped'
seen_within=30s gone_within=30s

inject() { pm2 stop ai-admin-worker-v2; }
fix() { pm2 start ai-admin-worker-v2; }
