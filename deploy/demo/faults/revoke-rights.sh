# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Holdfast loses the privilege to read the session tables: it must report no data, not ok'
check=sessions status=unknown finding=whatsapp_no_right text='permission denied for'
seen_within=30s gone_within=30s

inject() {
  admin_sql -c 'REVOKE ALL ON whatsapp_keys, whatsapp_auth, holdfast_whatsapp_credentials
    FROM holdfast'
}
fix() { grant_rights; }
