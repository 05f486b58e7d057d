# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='A third of the session keys is deleted, as by a faulty clean-up job'
check=sessions status=critical finding=whatsapp_keys_lost text='keys of .* disappeared'
seen_within=30s gone_within=30s

inject() {
  save_rows deleted_keys "SELECT * FROM whatsapp_keys
    WHERE key_type IN ('session', 'lid-mapping', 'sender-key') ORDER BY md5(key_id) LIMIT 240"
  admin_sql -c 'DELETE FROM whatsapp_keys k USING saved.deleted_keys s
    WHERE (k.company_id, k.key_type, k.key_id) = (s.company_id, s.key_type, s.key_id)'
}
fix() {
  is_saved deleted_keys || return 0
  admin_sql -c 'INSERT INTO whatsapp_keys SELECT * FROM saved.deleted_keys ON CONFLICT DO NOTHING'
  forget_rows deleted_keys
}
