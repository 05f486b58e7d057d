# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The credentials are replaced by new, unlinked ones, as after a logout; the keys remain'
check=sessions status=critical finding=whatsapp_identity_changed text='The identity of .* changed'
seen_within=30s gone_within=30s

inject() {
  save_rows old_identity "SELECT * FROM whatsapp_auth WHERE company_id = '$SESSION'"
  admin_sql -v creds="$(cat "$STATE/reset-creds.json")" <<EOF
UPDATE whatsapp_auth SET creds = :'creds'::jsonb, updated_at = now() WHERE company_id = '$SESSION';
EOF
}
fix() {
  is_saved old_identity || return 0
  admin_sql -c 'UPDATE whatsapp_auth a SET creds = s.creds, updated_at = now()
    FROM saved.old_identity s WHERE a.company_id = s.company_id'
  forget_rows old_identity
}
