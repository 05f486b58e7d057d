# SPDX-License-Identifier: Apache-2.0
"""Summary first: is the migration stable, what is wrong and since when; then a row per area."""

from builder import (VERDICT, YES, ZERO_IS_GOOD, cells, column, dashboard, now, query, row, series, stat,
                     state, state_map, steps, table, value_map)
from shared import findings, statuses, up


def summary():
    verdict = state("holdfast_window_verdict", "verdict", VERDICT, "window", "@host")
    incidents = 'sum(holdfast_incident_open{{@check, severity="{}"}})'
    return row(
        "Summary",
        stat("Window verdict", "The verdict of each configured window. no_go: its criteria are "
                               "violated; inconclusive: evidence is missing.",
             now(f"{verdict} or on () vector(0)", "{{window}}"), w=8,
             mappings=[*state_map(VERDICT), *value_map({0: ("no window configured", "text")})],
             link="holdfast-window"),
        stat("Critical incidents", "Confirmed open incidents of severity critical (page).",
             now(incidents.format("critical"), "critical"), unit="short", thresholds=ZERO_IS_GOOD, w=4),
        stat("Warnings", "Confirmed open incidents of severity warning (ticket).",
             now(incidents.format("warning"), "warning"), unit="short", w=4,
             thresholds=steps(("green", None), ("orange", 1))),
        stat("Checks without data", "Checks that cannot read their targets, confirmed.",
             now(incidents.format("unknown"), "unknown"), unit="short", w=4,
             thresholds=steps(("green", None), ("purple", 1))),
        stat("Checks up to date", "Whether all checks have a current reading.",
             now("min(holdfast_check_fresh{@check})", "all checks are fresh"), mappings=YES, w=4,
             link="holdfast-self"),
        findings(w=14),
        hosts(),
        statuses(w=24, h=7))


def hosts():
    one = 'sum by (instance) (holdfast_incident_open{{job=~"$job", severity="{}"}})'
    return table("All hosts", "All Holdfast instances of this job. The other panels show the selected "
                              "one.",
                 cells('max by (instance) (up{job=~"$job"})'), cells(one.format("critical")),
                 cells(one.format("warning")), join="instance", w=10,
                 columns={"instance": "Host", "Value #A": "Up", "Value #B": "Critical",
                          "Value #C": "Warnings"},
                 overrides=[column("Up", mappings=YES, custom_cellOptions={"type": "color-text"}),
                            column("Critical", thresholds=ZERO_IS_GOOD,
                                   custom_cellOptions={"type": "color-text"})])


def database():
    return row(
        "Database",
        up("holdfast_postgres_up", "Database", "Whether a new connection and a query succeeded.", w=4,
           link="holdfast-postgres"),
        stat("p95 query latency", "95th percentile over the last five minutes.",
             query("max by (check) (check:holdfast_postgres_query_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True, link="holdfast-postgres"),
        stat("p95 connect latency", "95th percentile of new connections over the last five minutes.",
             query("max by (check) (check:holdfast_postgres_connect_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True, link="holdfast-postgres"),
        stat("Connections in use", "Share of the server's connections in use.",
             now("holdfast_postgres_connections{@check} / holdfast_postgres_max_connections{@check}",
                 "{{check}}"), unit="percentunit", link="holdfast-postgres"),
        stat("Fullest pool", "Utilization of the fullest pool. A small pool is often at 100 % and "
                             "still serves every client.",
             now("max(pool:holdfast_pool_in_use:ratio{@check})", "in use"), unit="percentunit",
             link="holdfast-pools"),
        stat("Clients waiting", "Clients waiting for a connection, total of all pools.",
             now("sum(holdfast_pool_waiting_clients{@check})", "waiting"), unit="short",
             link="holdfast-pools"))


def sessions():
    return row(
        "WhatsApp sessions",
        stat("Session keys present", "Share of the baseline; pre-keys are consumed by design and not "
                                     "counted.",
             now("min by (session) (session:holdfast_whatsapp_keys:ratio{@check})", "{{session}}"),
             unit="percentunit", w=6, link="holdfast-whatsapp"),
        stat("Auth records", "Sessions that have credentials.",
             now("holdfast_whatsapp_auth_records{@check}", "{{check}}"), unit="short", w=6,
             link="holdfast-whatsapp"),
        stat("Last write", "Time since the last write of a session.",
             now("time() - max by (session) (holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                 "{{session}}"), unit="s", w=6, link="holdfast-whatsapp"),
        stat("Expired keys", "Expired keys still in the table.",
             now("sum(holdfast_whatsapp_expired_keys{@check})", "expired"), unit="short", w=6,
             link="holdfast-whatsapp"))


def services():
    return row(
        "Services",
        up("holdfast_pm2_up", "PM2", "Whether PM2's daemon answered.", w=6, link="holdfast-pm2"),
        stat("Processes online", "Processes online, of all that PM2 lists or that are expected.",
             now('sum(holdfast_pm2_processes{@check, status="online"})', "online"),
             now("sum(holdfast_pm2_processes{@check})", "of"), unit="short", w=6, link="holdfast-pm2"),
        stat("Restarts in an hour", "Restarts of the process that restarted most often.",
             now("max(holdfast_pm2_process_restarts_last_hour{@check})", "restarts"), unit="short", w=6,
             link="holdfast-pm2"),
        stat("Memory", "Resident memory of all processes together.",
             query("sum(holdfast_pm2_process_memory_bytes{@check})", "memory"), unit="bytes", w=6,
             spark=True, link="holdfast-pm2"))


def use():
    return row(
        "Activity: is this the database in use?",
        stat("Activity", "Whether other clients have used the database recently: expected for the "
                            "role active, a violation for retired.",
             now("max by (check) (holdfast_usage_seen{@check})", "{{check}}"), w=4,
             h=6,
             mappings=value_map({0: ("no activity", "text"), 1: ("in use", "blue")})),
        stat("Last activity", "When a run last saw another client use the database.",
             now("1000 * max by (check) (holdfast_usage_last_seen_timestamp_seconds{@check})",
                 "{{check}}"),
             unit="dateTimeFromNow", w=4, h=6),
        stat("Rows counted since", "Since when rows are counted: the first run, or the last restart of the "
                              "server or reset of its statistics.",
             now("1000 * max by (check) (holdfast_usage_baseline_timestamp_seconds{@check})",
                 "{{check}}"),
             unit="dateTimeFromNow", w=4, h=6),
        table("Last write by table", "When a run first saw the latest written rows.",
              cells("1000 * max by (check, table) "
                    "(holdfast_usage_last_write_timestamp_seconds{@check})"),
              columns={"check": "Check", "table": "Table", "Value": "Last write"}, w=12, h=6,
              overrides=[column("Last write", unit="dateTimeFromNow")]),
        series("Rows written", "Rows per second by table; Holdfast itself writes nothing.",
               query("sum by (check, table) (rate(holdfast_usage_rows_total{@check}[$__rate_interval]))",
                     "{{table}}, {{check}}"), unit="wps"),
        series("Sessions of other clients", "Open sessions by application, without Holdfast's own.",
               query("sum by (check, application) (holdfast_usage_sessions{@check})",
                     "{{application}}, {{check}}"), unit="short"),
        series("Statements", "Statements per second by user, from pg_stat_statements if installed.",
               query("sum by (check, user) "
                     "(rate(holdfast_usage_statements_total{@check}[$__rate_interval]))",
                     "{{user}}, {{check}}"), unit="ops", w=24, h=7))


def files():
    return row(
        "Backups and other files",
        stat("Age of the newest file", "Time since the newest file of each check was written.",
             now("time() - max by (check) (holdfast_files_newest_timestamp_seconds{@check})", "{{check}}"),
             unit="s", w=6),
        stat("Size of the newest file", "Size of the newest file of each check.",
             now("max by (check) (holdfast_files_newest_bytes{@check})", "{{check}}"), unit="bytes", w=6,
             spark=True),
        stat("Files", "Files that match the pattern.",
             now("max by (check) (holdfast_files_matching{@check})", "{{check}}"), unit="short", w=6),
        stat("Total size", "Total size of the files that match the pattern.",
             now("max by (check) (holdfast_files_bytes{@check})", "{{check}}"), unit="bytes", w=6))


def make():
    return dashboard("holdfast-overview", "Overview",
                     "Is the migration stable, what is wrong, and since when. Each value links to the "
                     "dashboard of its area.",
                     summary(), database(), sessions(), services(), use(), files())
