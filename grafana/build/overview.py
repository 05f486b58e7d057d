# SPDX-License-Identifier: Apache-2.0
"""The answer first: is the move holding, what is wrong and since when; then a row per area."""

from builder import (VERDICT, YES, ZERO_IS_GOOD, cells, column, dashboard, now, query, row, series, stat,
                     state, state_map, steps, table, value_map)
from shared import findings, statuses, up


def answer():
    verdict = state("holdfast_window_verdict", "verdict", VERDICT, "window", "@host")
    incidents = 'sum(holdfast_incident_open{{@check, severity="{}"}})'
    return row(
        "The answer",
        stat("Verdict of the window", "Whether the move holds, as each configured window judges it. "
             "no_go: evidence against; inconclusive: evidence is missing.",
             now(f"{verdict} or on () vector(0)", "{{window}}"), w=8,
             mappings=[*state_map(VERDICT), *value_map({0: ("no window configured", "text")})],
             link="holdfast-window"),
        stat("Critical incidents", "Confirmed and open: worth getting up for.",
             now(incidents.format("critical"), "critical"), unit="short", thresholds=ZERO_IS_GOOD, w=4),
        stat("Warnings", "Confirmed and open: for the day.",
             now(incidents.format("warning"), "warning"), unit="short", w=4,
             thresholds=steps(("green", None), ("orange", 1))),
        stat("Blind checks", "Checks that look and cannot see, confirmed.",
             now(incidents.format("unknown"), "unknown"), unit="short", w=4,
             thresholds=steps(("green", None), ("purple", 1))),
        stat("Holdfast looks", "Whether all checks have a reading that still stands.",
             now("min(holdfast_check_fresh{@check})", "all checks are fresh"), mappings=YES, w=4,
             link="holdfast-self"),
        findings(w=14),
        hosts(),
        statuses(w=24, h=7))


def hosts():
    one = 'sum by (instance) (holdfast_incident_open{{job=~"$job", severity="{}"}})'
    return table("All hosts", "Every Holdfast of this job. The other panels are about the chosen one.",
                 cells('max by (instance) (up{job=~"$job"})'), cells(one.format("critical")),
                 cells(one.format("warning")), join="instance", w=10,
                 columns={"instance": "Host", "Value #A": "Answers", "Value #B": "Critical",
                          "Value #C": "Warnings"},
                 overrides=[column("Answers", mappings=YES, custom_cellOptions={"type": "color-text"}),
                            column("Critical", thresholds=ZERO_IS_GOOD,
                                   custom_cellOptions={"type": "color-text"})])


def database():
    return row(
        "Database",
        up("holdfast_postgres_up", "Database", "Whether a fresh connection and a query succeeded.", w=4,
           link="holdfast-postgres"),
        stat("Query, 95 of 100", "95 of 100 queries of the last five minutes ended within this time.",
             query("max by (check) (check:holdfast_postgres_query_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True, link="holdfast-postgres"),
        stat("Connection, 95 of 100", "95 of 100 fresh connections of the last five minutes stood "
             "within this time.",
             query("max by (check) (check:holdfast_postgres_connect_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True, link="holdfast-postgres"),
        stat("Connections taken", "Share of the server's connections that are taken.",
             now("holdfast_postgres_connections{@check} / holdfast_postgres_max_connections{@check}",
                 "{{check}}"), unit="percentunit", link="holdfast-postgres"),
        stat("Fullest pool", "How full the fullest pool is. A small one often stands at 100 % and "
             "serves everybody.",
             now("max(pool:holdfast_pool_in_use:ratio{@check})", "in use"), unit="percentunit",
             link="holdfast-pools"),
        stat("Clients waiting", "Clients that wait for a connection, all pools together.",
             now("sum(holdfast_pool_waiting_clients{@check})", "waiting"), unit="short",
             link="holdfast-pools"))


def sessions():
    return row(
        "WhatsApp sessions",
        stat("Keys that are there", "Of those there would be had none vanished; pre-keys are used up by "
             "design and do not count.",
             now("min by (session) (session:holdfast_whatsapp_keys:ratio{@check})", "{{session}}"),
             unit="percentunit", w=6, link="holdfast-whatsapp"),
        stat("Auth records", "Sessions that have credentials.",
             now("holdfast_whatsapp_auth_records{@check}", "{{check}}"), unit="short", w=6,
             link="holdfast-whatsapp"),
        stat("Last write", "How long ago something of a session was written.",
             now("time() - max by (session) (holdfast_whatsapp_last_write_timestamp_seconds{@check})",
                 "{{session}}"), unit="s", w=6, link="holdfast-whatsapp"),
        stat("Expired keys", "Keys that have expired and still lie in the table.",
             now("sum(holdfast_whatsapp_expired_keys{@check})", "expired"), unit="short", w=6,
             link="holdfast-whatsapp"))


def services():
    return row(
        "Services",
        up("holdfast_pm2_up", "PM2", "Whether PM2's daemon answered.", w=6, link="holdfast-pm2"),
        stat("Processes online", "Of all that PM2 lists or that are expected.",
             now('sum(holdfast_pm2_processes{@check, status="online"})', "online"),
             now("sum(holdfast_pm2_processes{@check})", "of"), unit="short", w=6, link="holdfast-pm2"),
        stat("Restarts in an hour", "Of the process that restarted most.",
             now("max(holdfast_pm2_process_restarts_last_hour{@check})", "restarts"), unit="short", w=6,
             link="holdfast-pm2"),
        stat("Memory", "Resident memory of all processes together.",
             query("sum(holdfast_pm2_process_memory_bytes{@check})", "memory"), unit="bytes", w=6,
             spark=True, link="holdfast-pm2"))


def use():
    return row(
        "Use: is this the database that is used?",
        stat("Seen in use", "Whether somebody else has used the database lately, as its role counts it: "
             "good for an active one, a breach for a retired one.",
             now("max by (check) (holdfast_usage_seen{@check})", "{{check}}"), w=4,
             h=6,
             mappings=value_map({0: ("silent", "text"), 1: ("in use", "blue")})),
        stat("Last seen in use", "When a look last saw somebody else use it.",
             now("1000 * max by (check) (holdfast_usage_last_seen_timestamp_seconds{@check})", "{{check}}"),
             unit="dateTimeFromNow", w=4, h=6),
        stat("Counted since", "Since when rows can be compared: the first look, or the last restart of "
             "the server or reset of its statistics.",
             now("1000 * max by (check) (holdfast_usage_baseline_timestamp_seconds{@check})", "{{check}}"),
             unit="dateTimeFromNow", w=4, h=6),
        table("Last write by table", "When a look first saw the last rows written.",
              cells("1000 * max by (check, table) (holdfast_usage_last_write_timestamp_seconds{@check})"),
              columns={"check": "Check", "table": "Table", "Value": "Last write"}, w=12, h=6,
              overrides=[column("Last write", unit="dateTimeFromNow")]),
        series("Rows written", "By table; nobody writes as Holdfast.",
               query("sum by (check, table) (rate(holdfast_usage_rows_total{@check}[$__rate_interval]))",
                     "{{table}}, {{check}}"), unit="wps"),
        series("Sessions of others", "By application.",
               query("sum by (check, application) (holdfast_usage_sessions{@check})",
                     "{{application}}, {{check}}"), unit="short"),
        series("Statements", "By user, as pg_stat_statements counts them where it is installed.",
               query("sum by (check, user) (rate(holdfast_usage_statements_total{@check}[$__rate_interval]))",
                     "{{user}}, {{check}}"), unit="ops", w=24, h=7))


def make():
    return dashboard("holdfast-overview", "Overview",
                     "Is the move holding, what is wrong, and since when. Each value leads to the "
                     "dashboard of its area.",
                     answer(), database(), sessions(), services(), use())
