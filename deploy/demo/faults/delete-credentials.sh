# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The only auth record is missing while its keys exist: an incomplete migration'
check=sessions status=critical finding=whatsapp_auth_records text='has 0 auth records instead of'
seen_within=30s gone_within=30s

inject() {
  save_rows deleted_auth "SELECT * FROM whatsapp_auth WHERE company_id = '$SESSION'"
  admin_sql -c "DELETE FROM whatsapp_auth WHERE company_id = '$SESSION'"
}
fix() {
  is_saved deleted_auth || return 0
  admin_sql -c 'INSERT INTO whatsapp_auth SELECT * FROM saved.deleted_auth ON CONFLICT DO NOTHING'
  forget_rows deleted_auth
}
