# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
fault='PM2'\''s daemon is killed, and its services with it'
check=services status=critical finding=pm2_dead text='PM2 is dead'
seen_within=30s gone_within=30s

inject() {
  kill -KILL "$(pm2_pid)"
  wait_until 20 services_are_gone || die "the services are still running without PM2"
}
fix() { start_services; }
