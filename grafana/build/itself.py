# SPDX-License-Identifier: Apache-2.0
"""Holdfast itself: are checks on time and complete, is the history written, what does it cost."""

from builder import (YES, cells, column, dashboard, now, percentiles, query, row, series, stat, table)
from shared import findings, statuses


def summary():
    return row(
        "Summary",
        stat("Up", "Whether Prometheus can scrape Holdfast.", now("up{@host}", "{{instance}}"),
             mappings=YES, w=3),
        stat("Fresh checks", "Checks with a current reading, of all checks.",
             now("sum(holdfast_check_fresh{@check})", "fresh"),
             now("count(holdfast_check_fresh{@check})", "of"),
             unit="short", w=5),
        stat("Complete", "Checks whose last run was complete, with or without findings.",
             now("sum(holdfast_check_success{@check})", "complete"), unit="short", w=3),
        stat("Config loaded", "Whether the last reload succeeded; if not, the previous configuration "
                              "stays active.",
             now("holdfast_config_last_reload_successful{@host}", "{{instance}}"), mappings=YES, w=3),
        stat("Loaded at", "When a configuration was last loaded.",
             now("1000 * holdfast_config_last_reload_success_timestamp_seconds{@host}", "{{instance}}"),
             unit="dateTimeFromNow", w=3),
        stat("History written", "While it is not, results will be missing from the evidence.",
             now("holdfast_history_writable{@host}", "{{instance}}"), mappings=YES, w=3),
        stat("Version", "Version and revision.",
             now("max by (version, revision) (holdfast_build_info{@host})", "{{version}} {{revision}}"),
             text="name", unit="short", w=4),
        statuses(w=12), findings())


def runs():
    return row(
        "Runs",
        table("Checks", "When each last completed a run, and a run without failure.",
              cells("max by (check) (holdfast_check_interval_seconds{@check})"),
              cells("1000 * max by (check) (holdfast_check_last_run_timestamp_seconds{@check})"),
              cells("1000 * max by (check) (holdfast_check_last_success_timestamp_seconds{@check})"),
              join="check",
              columns={"check": "Check", "Value #A": "Interval", "Value #B": "Last run",
                       "Value #C": "Last success"},
              overrides=[column("Interval", unit="s"), column("Last run", unit="dateTimeFromNow"),
                         column("Last success", unit="dateTimeFromNow")]),
        percentiles("Run duration", "Duration of runs by check.", "holdfast_check_duration_seconds"),
        series("Runs per minute", "By check; fewer than its interval requires indicates an overloaded "
                                  "host.",
               query("60 * sum by (check) (rate(holdfast_check_runs_total{@check}[$__rate_interval]))",
                     "{{check}}"), unit="short"),
        series("Missed runs", "Runs that could not start in time.",
               query("""sum by (check) (increase(
                     holdfast_check_missed_runs_total{@check}[$__rate_interval]))""", "{{check}}"),
               unit="short", bars=True),
        series("Failed runs by check", "Runs that were not complete. The dashboards of the areas show "
                                       "the reasons.",
               query("sum by (check) "
                     "(increase(holdfast_check_failures_total{@check}[$__rate_interval]))",
                     "{{check}}"), unit="short", bars=True),
        series("Series dropped", "Series over the limit on labels; 200 by default.",
               query("max by (check) (holdfast_labels_dropped{@check})", "{{check}}"), unit="short"))


def scheduler():
    return row(
        "Scheduler",
        percentiles("Lateness", "From the due time of a run to its start.",
                    "holdfast_scheduler_lateness_seconds", by="instance"),
        series("Runs and threads", "Runs in progress, and threads for them: at most one per check.",
               query("holdfast_scheduler_runs_in_flight{@host}", "runs"),
               query("holdfast_scheduler_threads{@host}", "threads"), unit="short"),
        series("Heartbeats sent", "Sent to the external service, failed, or withheld because the "
                                  "scheduler was stuck. Only if `heartbeat` is configured.",
               query("sum by (result) (increase(holdfast_heartbeats_total{@host}[$__rate_interval]))",
                     "{{result}}"), unit="short", bars=True),
        series("Time since the last heartbeat", "Grows while none succeeds. Only if `heartbeat` is "
                                                "configured.",
               query("time() - (holdfast_heartbeat_last_success_timestamp_seconds{@host} > 0)", "age"),
               unit="s"),
        series("Log messages dropped", "Messages dropped because the reader of the log was too slow.",
               query("increase(holdfast_log_messages_dropped_total{@host}[$__rate_interval])", "dropped"),
               unit="short", bars=True, w=24, h=6))


def history():
    return row(
        "History",
        series("Size", "Size of the file and its write-ahead log.", query("holdfast_history_bytes{@host}",
               "history"),
               unit="bytes"),
        series("Errors", "Failed writes, and readings that could not be stored.",
               query("increase(holdfast_history_write_errors_total{@host}[$__rate_interval])",
                     "failed writes"),
               query("increase(holdfast_history_readings_lost_total{@host}[$__rate_interval])",
                     "lost readings"), unit="short", bars=True))


def process():
    return row(
        "Process",
        series("Memory", "Resident memory.", query("process_resident_memory_bytes{@host}", "resident"),
               unit="bytes", w=8),
        series("CPU", "Share of one core.",
               query("rate(process_cpu_seconds_total{@host}[$__rate_interval])", "CPU"),
               unit="percentunit", w=8),
        series("Open files", "File descriptors in use, and their limit.",
               query("process_open_fds{@host}", "open"), query("process_max_fds{@host}", "limit"),
               unit="short", w=8),
        series("Uptime", "Drops to zero at a restart.",
               query("time() - process_start_time_seconds{@host}", "running"), unit="s"),
        series("Scrapes", "Duration of a scrape by Prometheus.",
               query("scrape_duration_seconds{@host}", "scrape"), unit="s"), collapsed=True)


def make():
    return dashboard("holdfast-self", "Self-monitoring",
                     "Whether checks are on time and complete, whether the history is written, and the "
                     "resources that Holdfast uses.",
                     summary(), runs(), scheduler(), history(), process())
