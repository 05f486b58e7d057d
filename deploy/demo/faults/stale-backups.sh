# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The backups are a month old, as after a restored directory'
check=backups status=critical finding=files_stale text='newest file is .* old'
seen_within=30s gone_within=30s

inject() {
  : >"$DIR/injected/no-backups"
  touch -d '30 days ago' "$DIR"/backups/sessions-*.json
}
fix() { rm -f "$DIR/injected/no-backups"; }
