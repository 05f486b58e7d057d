// SPDX-License-Identifier: Apache-2.0
// The example that `holdfast config example` prints and deploy/config/holdfast.yaml holds.
#include "exporter/config/config.h"

namespace holdfast {

std::string example_config() {
  return R"yaml(# The configuration of Holdfast: what is watched, and how much is too much.
# Check it with `holdfast config check FILE`; every option is told by `holdfast describe`.
#
# Durations are 250ms 15s 5m 7d; sizes 512MiB; ratios 80% or 0.8; rates 1/h.
# A limit is {warning: …, critical: …}: crossed by more than it (a lower one by less). A bound left
# out keeps its default; `off` removes it.
# ${VAR} and ${VAR:-default} take values from the environment. A password never stands in this
# file: password_file names a file that is read at each use (a relative path is one of systemd's
# credentials, or lies beside this file), or password: ${VARIABLE}.
# What watches from this server ends with it: let a service elsewhere tell you when no sign of life comes.
# heartbeat: {url_file: /run/credentials/holdfast.service/heartbeat, every: 1m}
timezone: Europe/Moscow
defaults: {interval: 15s, timeout: 5s, confirm: 3}
history: {path: /var/lib/holdfast/history.db, keep: 90d}
databases:
  timeweb:
    host: ${POSTGRES_HOST}
    port: 5432
    dbname: default_db
    user: holdfast
    password_file: /run/credentials/holdfast.service/timeweb
    sslmode: verify-full            # the default; anything weaker is a finding
    sslrootcert: ${PGSSLROOTCERT}
checks:
  - name: timeweb
    kind: postgres
    database: timeweb
    latency: {warning: 100ms, critical: 500ms}      # a query on the kept connection
    connect: {warning: 1s, critical: 3s}            # a fresh one: TCP, TLS, login: six or seven round trips
    certificate: {warning: 14d, critical: 3d}
  - name: pool
    kind: pool
    source: postgres                # postgres | pgbouncer | http
    database: timeweb
    budget: 21                      # seven services, three connections each
    waiting: {warning: 0, critical: 5}
  - name: sessions
    kind: whatsapp
    database: timeweb
    layout: ai-admin                # a preset, or table and column names
    auth_records: 1
    expired: {warning: 100, critical: 500}
    drop: {warning: 5%, critical: 20%}
  - name: services
    kind: pm2
    home: /root/.pm2
    expect: [ai-admin-api, ai-admin-worker-v2, baileys-whatsapp-service, whatsapp-backup-service,
             ai-admin-batch-processor, ai-admin-booking-monitor, ai-admin-telegram-bot]
    scheduled: []                   # cron jobs: healthy when stopped
    restarts_per_hour: {warning: 5, critical: 20}
  - name: in-use
    kind: usage
    database: timeweb
    role: active
    tables: {whatsapp_keys: {min_writes: 1/h}}
    active: {hours: "08:00-22:00"}
windows:
  - name: phase-0
    start: 2025-11-06T16:56:00+03:00
    length: 7d
    checks: [timeweb, pool, sessions, services, in-use]
    go_when: {coverage: 99%, critical: 0s, warning: 4h, require: [in-use]}
)yaml";
}

}  // namespace holdfast
