# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The server'\''s certificate expires in ten days'
check=timeweb status=warning finding=postgres_certificate_expiring text='expires in'
seen_within=30s gone_within=30s

inject() {
  make_certificate expiring '-80 days' '+10 days'
  use_certificate expiring
  reload_postgres
}
fix() { use_certificate server && reload_postgres; }
