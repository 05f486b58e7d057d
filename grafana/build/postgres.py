# SPDX-License-Identifier: Apache-2.0
"""Checks of kind postgres: latency by phases, TLS, certificates, the server's own numbers."""

from builder import (cells, column, dashboard, fixed, heatmap, limits, now, percentiles, query, regex, row,
                     series, stat, steps, table, value_map)
from shared import failures, findings, status, statuses, up

LEFT = "holdfast_postgres_certificate_not_after_timestamp_seconds{@check} - time()"


def answer():
    return row(
        "The answer",
        up("holdfast_postgres_up", "Database", "Whether a fresh connection and a query both succeeded."),
        status("postgres"),
        stat("Query, 95 of 100", "95 of 100 queries of the last five minutes ended within this time.",
             query("max by (check) (check:holdfast_postgres_query_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True),
        stat("Connection, 95 of 100",
             "95 of 100 fresh connections of the last five minutes stood within this time.",
             query("max by (check) (check:holdfast_postgres_connect_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True),
        stat("Certificates hold for", "Time left of the certificate of the chain that expires first.",
             now(f"min by (check) ({LEFT})", "{{check}}"), unit="s"),
        stat("Connections taken", "Share of the server's connections that are taken, by all clients.",
             now("holdfast_postgres_connections{@check} / holdfast_postgres_max_connections{@check}",
                 "{{check}}"), unit="percentunit"),
        findings("postgres"), statuses("postgres", w=12))


def latency():
    return row(
        "Latency",
        heatmap("Queries", "Where the times of SELECT 1 on the kept connection lie: one round trip each.",
                "holdfast_postgres_query_duration_seconds"),
        percentiles("Query time", "One query on the kept connection.",
                    "holdfast_postgres_query_duration_seconds", limit="postgres_query_duration_seconds"),
        heatmap("Fresh connections", "Where the times from the name to the finished login lie.",
                "holdfast_postgres_connect_duration_seconds"),
        percentiles("Connection time", "A fresh connection: name, TCP, TLS and login.",
                    "holdfast_postgres_connect_duration_seconds", limit="postgres_connect_duration_seconds"),
        series("Phases of a connection", "What the mean time of a fresh connection is made of. Only "
               "completed phases count.",
               query("""sum by (check, phase) (rate(
                     holdfast_postgres_connect_phase_duration_seconds_sum{@check}[$__rate_interval]))
                     / sum by (check, phase) (rate(
                     holdfast_postgres_connect_phase_duration_seconds_count{@check}[$__rate_interval]))""",
                     "{{phase}}, {{check}}"), unit="s", stacked=True),
        series("Failures by phase", "Connections and queries that failed, by the phase they failed in.",
               query("""sum by (check, phase) (increase(
                     holdfast_postgres_failures_total{@check}[$__rate_interval]))""",
                     "{{phase}}, {{check}}"), unit="short", bars=True),
        failures("postgres", w=24))


def tls():
    return row(
        "TLS and certificates",
        table("Connection", "TLS version and cipher of the last connection.",
              cells("max by (check, version, cipher) (holdfast_postgres_tls_info{@check})"),
              columns={"check": "Check", "version": "TLS", "cipher": "Cipher"}, drop=("Value", "Value #A"), w=10, h=6),
        table("Certificates", "The server's chain: when each began to be valid and when it expires.",
              cells("1000 * max by (check, position) "
                    "(holdfast_postgres_certificate_not_before_timestamp_seconds{@check})"),
              cells("1000 * max by (check, position) "
                    "(holdfast_postgres_certificate_not_after_timestamp_seconds{@check})"),
              columns={"check": "Check", "position": "Certificate", "Value #A": "Valid from",
                       "Value #B": "Expires"},
              merge=True, w=14, h=6,
              overrides=[column("Valid from", unit="dateTimeAsIso"),
                         column("Expires", unit="dateTimeFromNow")]),
        series("Time left of certificates", "Until each certificate of the chain expires.",
               query(LEFT, "{{position}}, {{check}}"),
               limits("postgres_certificate_not_after_timestamp_seconds"), unit="s", w=24, h=7))


def server():
    per_second = "sum by (check) (rate({}{{@check}}[$__rate_interval]))"
    hits, reads = (per_second.format(f"holdfast_postgres_cache_{one}_total") for one in ("hits", "reads"))
    return row(
        "The server",
        stat("Version", "Of the server.",
             now("max by (check, version) (holdfast_postgres_version_info{@check})", "{{version}}"),
             mappings=value_map({1: ("running", "text")}), text="name", w=6),
        stat("Role", "Whether it is a primary or a standby.",
             now("holdfast_postgres_in_recovery{@check}", "{{check}}"), w=3,
             mappings=value_map({0: ("primary", "text"), 1: ("standby", "blue")})),
        stat("Size", "Of the database on disk.",
             now("holdfast_postgres_database_size_bytes{@check}", "{{check}}"), unit="bytes", w=3),
        stat("Waiting locks", "Lock requests that wait now.",
             now("holdfast_postgres_waiting_locks{@check}", "{{check}}"), unit="short", w=3),
        stat("Deadlocks", "In the shown time.",
             now("increase(holdfast_postgres_deadlocks_total{@check}[$__range])", "{{check}}"),
             unit="short", decimals=0, w=3, thresholds=steps(("green", None), ("orange", 1))),
        stat("Open longest", "The oldest transaction: how long it has been open; it holds back vacuum. Nought "
             "where none is.",
             now("""time() - max by (check)
                 (holdfast_postgres_oldest_transaction_start_timestamp_seconds{@check})
                 or on (check) 0 * holdfast_postgres_up{@check}""", "{{check}}"), unit="s", w=3),
        stat("Counted since", "When the server's counters of this database were last reset.",
             now("1000 * holdfast_postgres_stats_reset_timestamp_seconds{@check} "
                 "or on (check) 0 * holdfast_postgres_up{@check}", "{{check}}"),
             unit="dateTimeFromNow", mappings=value_map({0: ("never reset", "text")}), w=3),
        series("Sessions by state", "Client sessions of the server: parts of all that are connected.",
               query("sum by (state) (holdfast_postgres_backends{@check})", "{{state}}"), unit="short",
               stacked=True),
        series("Connections", "All databases of the server together.",
               query("holdfast_postgres_connections{@check}", "taken, {{check}}"),
               query("holdfast_postgres_max_connections{@check}", "allowed, {{check}}"), unit="short",
               overrides=[regex("/^allowed/", color=fixed("text"))]),
        series("Transactions", "Committed and rolled back in this database.",
               query(per_second.format("holdfast_postgres_commits_total"), "committed, {{check}}"),
               query(per_second.format("holdfast_postgres_rollbacks_total"), "rolled back, {{check}}"),
               unit="ops"),
        series("Cache", "Share of blocks found in the server's cache, of all that were wanted.",
               query(f"{hits} / ({hits} + {reads} > 0)", "{{check}}"), unit="percentunit", high=1),
        series("Replication", "How far this standby, or the last standby of this primary, is behind.",
               query("holdfast_postgres_replication_lag_seconds{@check}", "behind, {{check}}"),
               limits("postgres_replication_lag_seconds"), unit="s", w=24, h=7))


def make():
    return dashboard("holdfast-postgres", "PostgreSQL",
                     "The database as one more client sees it, from this host: how long it takes, what "
                     "it is made of, and what the server says about itself.",
                     answer(), latency(), tls(), server(), kind="postgres")
