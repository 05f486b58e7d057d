# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The newest backup is cut off, as by a full disk'
check=backups status=critical finding=files_shrunk text='smaller than usual'
seen_within=30s gone_within=30s

inject() {
  local newest
  : >"$DIR/injected/no-backups"  # Until it is fixed, so that no good one follows.
  newest=$(ls -t "$DIR"/backups/sessions-*.json | head -n 1)
  truncate -s 10 "$newest"
}
fix() { rm -f "$DIR/injected/no-backups"; }
