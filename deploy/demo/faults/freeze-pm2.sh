# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PM2'\''s daemon hangs; its services keep running without supervision'
check=services status=critical finding=pm2_hung text='PM2 hangs'
seen_within=30s gone_within=30s

inject() { kill -STOP "$(pm2_pid)"; }
fix() {
  local pid
  pid=$(pm2_pid) && kill -CONT "$pid"
}
