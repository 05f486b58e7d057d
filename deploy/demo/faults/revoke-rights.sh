# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='Holdfast may no longer read the session tables: it must say that it is blind, not ok'
check=sessions status=unknown finding=whatsapp_no_right text='a right is missing'
seen_within=30s gone_within=30s

plant() {
  admin_sql -c 'REVOKE ALL ON whatsapp_keys, whatsapp_auth, holdfast_whatsapp_credentials
    FROM holdfast'
}
fix() { grant_rights; }
