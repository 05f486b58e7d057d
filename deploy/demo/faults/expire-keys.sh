# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='180 keys expire and are not renewed'
check=sessions status=warning finding=whatsapp_keys_expired text='expired keys are still in'
seen_within=30s gone_within=30s

inject() {
  save_rows expired_keys "SELECT * FROM whatsapp_keys
    WHERE key_type IN ('session', 'lid-mapping') ORDER BY md5(key_id) LIMIT 180"
  admin_sql -c "UPDATE whatsapp_keys k SET expires_at = now() - interval '1 hour'
    FROM saved.expired_keys s
    WHERE (k.company_id, k.key_type, k.key_id) = (s.company_id, s.key_type, s.key_id)"
}
fix() {
  is_saved expired_keys || return 0
  admin_sql -c 'UPDATE whatsapp_keys k SET expires_at = s.expires_at FROM saved.expired_keys s
    WHERE (k.company_id, k.key_type, k.key_id) = (s.company_id, s.key_type, s.key_id)'
  forget_rows expired_keys
}
