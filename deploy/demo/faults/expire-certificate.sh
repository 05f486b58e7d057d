# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='The server'\''s certificate expired yesterday'
check=timeweb status=critical finding=postgres_expired text='has a certificate .*that expired'
seen_within=30s gone_within=30s

inject() {
  make_certificate expired '-90 days' '-1 day'
  use_certificate expired
  reload_postgres
}
fix() { use_certificate server && reload_postgres; }
