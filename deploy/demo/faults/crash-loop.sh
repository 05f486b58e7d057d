# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A service crashes every three seconds; PM2 reports it as online all the time'
check=services status=warning finding=pm2_restarts text='ai-admin-telegram-bot restarted'
seen_within=60s gone_within=30s

inject() { : >"$DIR/injected/crash.ai-admin-telegram-bot"; }
# Restarts count for an hour unless the counter is reset.
fix() {
  rm -f "$DIR/injected/crash.ai-admin-telegram-bot"
  pm2 reset ai-admin-telegram-bot
}
