# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Credentials of last week'\''s backup overwrite the current ones: the keys are newer'
check=sessions status=critical finding=whatsapp_pre_key_id_fell text='fell from'
seen_within=30s gone_within=30s

inject() {
  save_rows newer_auth "SELECT * FROM whatsapp_auth WHERE company_id = '$SESSION'"
  admin_sql -c "UPDATE whatsapp_auth SET updated_at = now(), creds = creds || jsonb_build_object(
    'nextPreKeyId', (creds ->> 'nextPreKeyId')::int - 60,
    'firstUnuploadedPreKeyId', (creds ->> 'firstUnuploadedPreKeyId')::int - 60)
    WHERE company_id = '$SESSION'"
}
fix() {
  is_saved newer_auth || return 0
  admin_sql -c 'UPDATE whatsapp_auth a SET creds = s.creds, updated_at = now()
    FROM saved.newer_auth s WHERE a.company_id = s.company_id'
  forget_rows newer_auth
}
