# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Every pre-key is deleted: new contacts cannot write to the account'
check=sessions status=critical finding=whatsapp_no_pre_keys text='has no pre-key left'
seen_within=30s gone_within=30s

inject() {
  save_rows deleted_pre_keys "SELECT * FROM whatsapp_keys WHERE key_type = 'pre-key'"
  admin_sql -c "DELETE FROM whatsapp_keys WHERE key_type = 'pre-key'"
}
fix() {
  is_saved deleted_pre_keys || return 0
  admin_sql -c 'INSERT INTO whatsapp_keys SELECT * FROM saved.deleted_pre_keys ON CONFLICT DO NOTHING'
  forget_rows deleted_pre_keys
}
