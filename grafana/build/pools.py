# SPDX-License-Identifier: Apache-2.0
"""Checks of kind pool: are connections available, and for how long."""

from builder import (dashboard, fixed, limits, now, query, regex, row, series, stat, steps)
from shared import failures, findings, status, statuses, up

WAITING = steps(("green", None), ("orange", 1))
# Extrapolation of the last hour: long enough to ignore a burst, short enough to show a leak.
AHEAD = "predict_linear({}[1h], 4 * 3600)"
FAINT = [regex("/in 4 hours/", custom_lineStyle={"fill": "dot", "dash": [2, 6]}, custom_fillOpacity=0),
         regex("/^(maximum|budget)/", color=fixed("text"), custom_fillOpacity=0)]
RATIO = "pool:holdfast_pool_in_use:ratio{@check}"


def summary():
    return row(
        "Summary",
        up("holdfast_pool_up", "Sources", "Whether each source returned a valid answer."),
        status("pool", w=5),
        stat("Clients waiting", "Clients waiting for a connection, if the source measures it.",
             now("sum by (check) (holdfast_pool_waiting_clients{@check})", "{{check}}"), unit="short",
             thresholds=WAITING),
        stat("Longest wait", "Waiting time of the longest-waiting client.",
             now("max by (check) (holdfast_pool_max_wait_seconds{@check})", "{{check}}"), unit="s", w=3),
        stat("Fullest pool", "Share of its connections in use. A small pool is often at 100 % and "
                             "still serves every client; see waiting clients.",
             now(f"max by (check) ({RATIO})", "{{check}}"), unit="percentunit"),
        stat("Fullest pool in 4 hours", "Linear extrapolation of the last hour, between 0 and 100 %.",
             now(f"clamp(max by (check) ({AHEAD.format(RATIO)}), 0, 1)", "{{check}}"),
             unit="percentunit"),
        findings("pool"), statuses("pool", w=12))


def pools():
    return row(
        "Pools",
        series("Connections in use", "Connections in use by pool, and the maximum.",
               query("holdfast_pool_in_use_connections{@check}", "{{pool}}, {{check}}"),
               query("holdfast_pool_max_connections{@check}", "maximum of {{pool}}, {{check}}"),
               unit="short", overrides=FAINT),
        series("Utilization and forecast", "Connections in use as a share of the maximum; dotted: "
                                           "linear extrapolation of the last hour.",
               query(RATIO, "{{pool}}, {{check}}"),
               query(f"clamp({AHEAD.format(RATIO)}, 0, 1)", "{{pool}}, {{check}}, in 4 hours"),
               unit="percentunit", high=1, overrides=FAINT),
        series("Idle connections", "Open connections that are not in use.",
               query("holdfast_pool_idle_connections{@check}", "{{pool}}, {{check}}"), unit="short"),
        series("Clients waiting", "Clients waiting for a connection by pool, if the source measures it.",
               query("holdfast_pool_waiting_clients{@check}", "{{pool}}, {{check}}"),
               limits("pool_waiting_clients"), unit="short"),
        series("Longest wait", "Waiting time of the longest-waiting client, by pool.",
               query("holdfast_pool_max_wait_seconds{@check}", "{{pool}}, {{check}}"),
               limits("pool_max_wait_seconds"), unit="s"),
        series("Wait time per second", "Total time clients waited in PgBouncer, per second: 1 equals "
                                       "one client that always waits.",
               query("sum by (check, pool) "
                     "(rate(holdfast_pool_wait_seconds_total{@check}[$__rate_interval]))",
                     "{{pool}}, {{check}}"), unit="s"))


def sessions():
    total = "sum by (check) (holdfast_pool_connections{@check})"
    return row(
        "Server sessions",
        series("Open connections, budget and forecast", "All pools of the application; a leak is a "
                                                        "rising line. Dotted: extrapolation of the "
                                                        "last hour by four hours.",
               query(total, "open, {{check}}"),
               query(f"clamp_min({AHEAD.format(f'({total})').replace('[1h]', '[1h:15s]')}, 0)",
                     "open, {{check}}, in 4 hours"),
               query("holdfast_pool_budget_connections{@check}", "budget of {{check}}"), unit="short",
               overrides=FAINT),
        series("By application", "Sessions of the server by application.",
               query("sum by (application) (holdfast_pool_connections{@check})", "{{application}}"),
               unit="short", stacked=True),
        series("By state", "Sessions of the server by state.",
               query("sum by (state) (holdfast_pool_connections{@check})", "{{state}}"), unit="short",
               stacked=True),
        series("Idle in a transaction", "Longest time a session has been idle in a transaction.",
               query("holdfast_pool_idle_in_transaction_seconds{@check}", "{{check}}"),
               limits("pool_idle_in_transaction_seconds"), unit="s"))


def clients():
    return row(
        "PgBouncer",
        series("Clients", "Clients connected to PgBouncer, and the maximum.",
               query("holdfast_pool_client_connections{@check}", "connected, {{check}}"),
               query("holdfast_pool_max_client_connections{@check}", "maximum, {{check}}"), unit="short",
               overrides=FAINT),
        failures("pool"))


def make():
    return dashboard("holdfast-pools", "Connection pools",
                     "Whether connections are available, and for how long: at the server, at PgBouncer "
                     "and in the application.",
                     summary(), pools(), sessions(), clients(), kind="pool")
