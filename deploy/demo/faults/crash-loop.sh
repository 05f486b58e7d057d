# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A service dies every three seconds; PM2 calls it online all the time'
check=services status=warning finding=pm2_restarts text='ai-admin-telegram-bot restarted'
seen_within=60s gone_within=30s

plant() { : >"$DIR/planted/crash.ai-admin-telegram-bot"; }
# The restarts of an hour count for an hour, unless a person says that the count begins anew.
fix() {
  rm -f "$DIR/planted/crash.ai-admin-telegram-bot"
  pm2 reset ai-admin-telegram-bot
}
