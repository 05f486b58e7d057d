# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A service dies every three seconds; PM2 calls it online all the time'
check=services status=warning finding=process_restarting text='ai-admin-telegram-bot.*restart'
seen_within=60s gone_within=1h

plant() { : >"$DIR/planted/crash.ai-admin-telegram-bot"; }
mend() { rm -f "$DIR/planted/crash.ai-admin-telegram-bot"; }
