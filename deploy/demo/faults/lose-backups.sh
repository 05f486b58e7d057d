# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='All backups are deleted, as by a clean-up job gone wrong'
check=backups status=critical finding=files_none text='No file matches'
seen_within=30s gone_within=30s

inject() {
  : >"$DIR/injected/no-backups"
  mkdir -p "$DIR/backups.lost"
  mv "$DIR"/backups/sessions-*.json "$DIR/backups.lost"
}
fix() {
  rm -f "$DIR/injected/no-backups"
  [[ ! -d $DIR/backups.lost ]] || { mv "$DIR"/backups.lost/* "$DIR/backups/" 2>/dev/null || true; rmdir "$DIR/backups.lost"; }
}
