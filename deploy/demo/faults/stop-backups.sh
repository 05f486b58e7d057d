# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The backup service runs, but writes no more backups'
check=backups status=warning finding=files_stale text='newest file is .* old'
seen_within=150s gone_within=30s

inject() { : >"$DIR/injected/no-backups"; }
fix() { rm -f "$DIR/injected/no-backups"; }
