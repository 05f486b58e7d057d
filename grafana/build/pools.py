# SPDX-License-Identifier: Apache-2.0
"""Checks of kind pool: is there a connection for who needs one, and for how long will there be."""

from builder import (dashboard, fixed, limits, now, query, regex, row, series, stat, steps)
from shared import failures, findings, status, statuses, up

WAITING = steps(("green", None), ("orange", 1))
# A line through the last hour, drawn on: long enough to leave a rush out, short enough to see a leak.
AHEAD = "predict_linear({}[1h], 4 * 3600)"
FAINT = [regex("/in 4 hours/", custom_lineStyle={"fill": "dot", "dash": [2, 6]}, custom_fillOpacity=0),
         regex("/^(most|budget)/", color=fixed("text"), custom_fillOpacity=0)]
RATIO = "pool:holdfast_pool_in_use:ratio{@check}"


def answer():
    return row(
        "The answer",
        up("holdfast_pool_up", "Sources", "Whether each source answered with something readable."),
        status("pool", w=5),
        stat("Clients waiting", "Clients that wait for a connection, where the source can see it.",
             now("sum by (check) (holdfast_pool_waiting_clients{@check})", "{{check}}"), unit="short",
             thresholds=WAITING),
        stat("Longest wait", "How long the client that waits longest has waited.",
             now("max by (check) (holdfast_pool_max_wait_seconds{@check})", "{{check}}"), unit="s", w=3),
        stat("Fullest pool", "Share of its connections that are at work. A small one often stands at "
             "100 % and serves everybody: waiting is the sign.",
             now(f"max by (check) ({RATIO})", "{{check}}"), unit="percentunit"),
        stat("Fullest pool in 4 hours", "If the last hour went on as it did, between 0 and 100 %.",
             now(f"clamp(max by (check) ({AHEAD.format(RATIO)}), 0, 1)", "{{check}}"),
             unit="percentunit"),
        findings("pool"), statuses("pool", w=12))


def pools():
    return row(
        "Pools",
        series("Connections at work", "By pool, and how many there may be.",
               query("holdfast_pool_in_use_connections{@check}", "{{pool}}, {{check}}"),
               query("holdfast_pool_max_connections{@check}", "most of {{pool}}, {{check}}"),
               unit="short", overrides=FAINT),
        series("Fullness, and where it goes", "Connections at work as a share of all there may be; dotted: "
               "where a line through the last hour leads.",
               query(RATIO, "{{pool}}, {{check}}"),
               query(f"clamp({AHEAD.format(RATIO)}, 0, 1)", "{{pool}}, {{check}}, in 4 hours"),
               unit="percentunit", high=1, overrides=FAINT),
        series("Idle connections", "Open, and nobody uses them.",
               query("holdfast_pool_idle_connections{@check}", "{{pool}}, {{check}}"), unit="short"),
        series("Clients waiting", "For a connection, by pool, where the source can see it.",
               query("holdfast_pool_waiting_clients{@check}", "{{pool}}, {{check}}"),
               limits("pool_waiting_clients"), unit="short"),
        series("Longest wait", "Of the client that waits longest, by pool.",
               query("holdfast_pool_max_wait_seconds{@check}", "{{pool}}, {{check}}"),
               limits("pool_max_wait_seconds"), unit="s"),
        series("Waiting in each second", "Time all clients together waited in PgBouncer, in each second: 1 "
               "is one client that always waits.",
               query("sum by (check, pool) (rate(holdfast_pool_wait_seconds_total{@check}[$__rate_interval]))",
                     "{{pool}}, {{check}}"), unit="s"))


def sessions():
    total = "sum by (check) (holdfast_pool_connections{@check})"
    return row(
        "Sessions at the server",
        series("Open connections, their budget, and where they go", "All the application's pools "
               "together; a leak is a line that rises. Dotted: in four hours, if the last hour goes on.",
               query(total, "open, {{check}}"),
               query(f"clamp_min({AHEAD.format(f'({total})').replace('[1h]', '[1h:15s]')}, 0)",
                     "open, {{check}}, in 4 hours"),
               query("holdfast_pool_budget_connections{@check}", "budget of {{check}}"), unit="short",
               overrides=FAINT),
        series("By application", "Parts of all sessions.",
               query("sum by (application) (holdfast_pool_connections{@check})", "{{application}}"),
               unit="short", stacked=True),
        series("By state", "Parts of all sessions.",
               query("sum by (state) (holdfast_pool_connections{@check})", "{{state}}"), unit="short",
               stacked=True),
        series("Idle in a transaction", "How long a session has stood so, the longest.",
               query("holdfast_pool_idle_in_transaction_seconds{@check}", "{{check}}"),
               limits("pool_idle_in_transaction_seconds"), unit="s"))


def clients():
    return row(
        "PgBouncer",
        series("Clients", "Connected to PgBouncer, and how many it takes.",
               query("holdfast_pool_client_connections{@check}", "connected, {{check}}"),
               query("holdfast_pool_max_client_connections{@check}", "most, {{check}}"), unit="short",
               overrides=FAINT),
        failures("pool"))


def make():
    return dashboard("holdfast-pools", "Connection pools",
                     "At the server, at PgBouncer and in the application: is there a connection for who "
                     "needs one, and for how long will there be.",
                     answer(), pools(), sessions(), clients(), kind="pool")
