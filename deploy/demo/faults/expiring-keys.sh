# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Most keys expire within the next night'
check=sessions status=warning finding=whatsapp_keys_expiring text='expire within a day'
seen_within=30s gone_within=30s

inject() {
  save_rows expiring_keys "SELECT * FROM whatsapp_keys
    WHERE expires_at > now() ORDER BY md5(key_id) LIMIT 500"
  admin_sql -c "UPDATE whatsapp_keys k SET expires_at = now() + interval '12 hours'
    FROM saved.expiring_keys s
    WHERE (k.company_id, k.key_type, k.key_id) = (s.company_id, s.key_type, s.key_id)"
}
fix() {
  is_saved expiring_keys || return 0
  admin_sql -c 'UPDATE whatsapp_keys k SET expires_at = s.expires_at FROM saved.expiring_keys s
    WHERE (k.company_id, k.key_type, k.key_id) = (s.company_id, s.key_type, s.key_id)'
  forget_rows expiring_keys
}
