# SPDX-License-Identifier: Apache-2.0
"""Checks of kind postgres: latency by phases, TLS, certificates, the server's own numbers."""

from builder import (cells, column, dashboard, fixed, heatmap, limits, now, percentiles, query, regex, row,
                     series, stat, steps, table, value_map)
from shared import failures, findings, status, statuses, up

LEFT = "holdfast_postgres_certificate_not_after_timestamp_seconds{@check} - time()"


def summary():
    return row(
        "Summary",
        up("holdfast_postgres_up", "Database", "Whether a new connection and a query both succeeded."),
        status("postgres"),
        stat("p95 query latency", "95th percentile over the last five minutes.",
             query("max by (check) (check:holdfast_postgres_query_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True),
        stat("p95 connect latency",
             "95th percentile of new connections over the last five minutes.",
             query("max by (check) (check:holdfast_postgres_connect_duration_seconds:p95_5m{@check})",
                   "{{check}}"), unit="s", spark=True),
        stat("Certificate expiry", "Time until the first certificate of the chain expires.",
             now(f"min by (check) ({LEFT})", "{{check}}"), unit="s"),
        stat("Connections in use", "Share of the server's connections in use, by all clients.",
             now("holdfast_postgres_connections{@check} / holdfast_postgres_max_connections{@check}",
                 "{{check}}"), unit="percentunit"),
        findings("postgres"), statuses("postgres", w=12))


def latency():
    return row(
        "Latency",
        heatmap("Queries", "Distribution of SELECT 1 on the persistent connection: one round trip each.",
                "holdfast_postgres_query_duration_seconds"),
        percentiles("Query time", "One query on the persistent connection.",
                    "holdfast_postgres_query_duration_seconds", limit="postgres_query_duration_seconds"),
        heatmap("New connections", "Distribution of the time from name lookup to completed login.",
                "holdfast_postgres_connect_duration_seconds"),
        percentiles("Connection time", "A new connection: name lookup, TCP, TLS and login.",
                    "holdfast_postgres_connect_duration_seconds",
                    limit="postgres_connect_duration_seconds"),
        series("Phases of a connection", "Mean time of a new connection by phase. Only completed "
                                         "phases count.",
               query("""sum by (check, phase) (rate(
                     holdfast_postgres_connect_phase_duration_seconds_sum{@check}[$__rate_interval]))
                     / sum by (check, phase) (rate(
                     holdfast_postgres_connect_phase_duration_seconds_count{@check}[$__rate_interval]))""",
                     "{{phase}}, {{check}}"), unit="s", stacked=True),
        series("Failures by phase", "Failed connections and queries by phase.",
               query("""sum by (check, phase) (increase(
                     holdfast_postgres_failures_total{@check}[$__rate_interval]))""",
                     "{{phase}}, {{check}}"), unit="short", bars=True),
        failures("postgres", w=24))


def tls():
    return row(
        "TLS and certificates",
        table("Connection", "TLS version and cipher of the last connection.",
              cells("max by (check, version, cipher) (holdfast_postgres_tls_info{@check})"),
              columns={"check": "Check", "version": "TLS", "cipher": "Cipher"},
              drop=("Value", "Value #A"), w=10, h=6),
        table("Certificates", "The server's chain: validity of each certificate.",
              cells("1000 * max by (check, position) "
                    "(holdfast_postgres_certificate_not_before_timestamp_seconds{@check})"),
              cells("1000 * max by (check, position) "
                    "(holdfast_postgres_certificate_not_after_timestamp_seconds{@check})"),
              columns={"check": "Check", "position": "Certificate", "Value #A": "Valid from",
                       "Value #B": "Expires"},
              merge=True, w=14, h=6,
              overrides=[column("Valid from", unit="dateTimeAsIso"),
                         column("Expires", unit="dateTimeFromNow")]),
        series("Certificate expiry", "Time until each certificate of the chain expires.",
               query(LEFT, "{{position}}, {{check}}"),
               limits("postgres_certificate_not_after_timestamp_seconds"), unit="s", w=24, h=7))


def server():
    per_second = "sum by (check) (rate({}{{@check}}[$__rate_interval]))"
    hits, reads = (per_second.format(f"holdfast_postgres_cache_{one}_total") for one in ("hits",
                   "reads"))
    return row(
        "Server",
        stat("Version", "Version of the server.",
             now("max by (check, version) (holdfast_postgres_version_info{@check})", "{{version}}"),
             mappings=value_map({1: ("running", "text")}), text="name", w=6),
        stat("Role", "Whether the server is a primary or a standby.",
             now("holdfast_postgres_in_recovery{@check}", "{{check}}"), w=3,
             mappings=value_map({0: ("primary", "text"), 1: ("standby", "blue")})),
        stat("Size", "Size of the database on disk.",
             now("holdfast_postgres_database_size_bytes{@check}", "{{check}}"), unit="bytes", w=3),
        stat("Waiting locks", "Lock requests currently waiting.",
             now("holdfast_postgres_waiting_locks{@check}", "{{check}}"), unit="short", w=3),
        stat("Deadlocks", "Deadlocks in the selected time range.",
             now("increase(holdfast_postgres_deadlocks_total{@check}[$__range])", "{{check}}"),
             unit="short", decimals=0, w=3, thresholds=steps(("green", None), ("orange", 1))),
        stat("Oldest transaction", "Age of the oldest open transaction; it prevents vacuum from "
                                   "removing dead rows. Zero if there is none.",
             now("""time() - max by (check)
                 (holdfast_postgres_oldest_transaction_start_timestamp_seconds{@check})
                 or on (check) 0 * holdfast_postgres_up{@check}""", "{{check}}"), unit="s", w=3),
        stat("Counted since", "When the server's statistics of this database were last reset.",
             now("1000 * holdfast_postgres_stats_reset_timestamp_seconds{@check} "
                 "or on (check) 0 * holdfast_postgres_up{@check}", "{{check}}"),
             unit="dateTimeFromNow", mappings=value_map({0: ("never reset", "text")}), w=3),
        series("Sessions by state", "Client sessions of the server by state.",
               query("sum by (state) (holdfast_postgres_backends{@check})", "{{state}}"), unit="short",
               stacked=True),
        series("Connections", "Connections to all databases of the server, and the maximum.",
               query("holdfast_postgres_connections{@check}", "in use, {{check}}"),
               query("holdfast_postgres_max_connections{@check}", "allowed, {{check}}"), unit="short",
               overrides=[regex("/^allowed/", color=fixed("text"))]),
        series("Transactions", "Transactions committed and rolled back in this database, per second.",
               query(per_second.format("holdfast_postgres_commits_total"), "committed, {{check}}"),
               query(per_second.format("holdfast_postgres_rollbacks_total"), "rolled back, {{check}}"),
               unit="ops"),
        series("Cache", "Share of block reads served from the server's cache.",
               query(f"{hits} / ({hits} + {reads} > 0)", "{{check}}"), unit="percentunit", high=1),
        series("Replication", "Lag of this standby, or of the last standby of this primary.",
               query("holdfast_postgres_replication_lag_seconds{@check}", "behind, {{check}}"),
               limits("postgres_replication_lag_seconds"), unit="s", w=24, h=7))


def make():
    return dashboard("holdfast-postgres", "PostgreSQL",
                     "The database as a client on this host sees it: latency, its phases, and the "
                     "server's own statistics.",
                     summary(), latency(), tls(), server(), kind="postgres")
