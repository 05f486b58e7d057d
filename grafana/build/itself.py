# SPDX-License-Identifier: Apache-2.0
"""Holdfast itself: does it look in time, can it see, does it remember, what does it cost."""

from builder import (YES, cells, column, dashboard, now, percentiles, query, row, series, stat, table)
from shared import findings, statuses


def answer():
    return row(
        "The answer",
        stat("Answers", "Whether Prometheus can scrape it.", now("up{@host}", "{{instance}}"),
             mappings=YES, w=3),
        stat("Fresh checks", "Checks whose last reading still stands, of all.",
             now("sum(holdfast_check_fresh{@check})", "fresh"),
             now("count(holdfast_check_fresh{@check})", "of"),
             unit="short", w=5),
        stat("Complete", "Checks whose last run was complete, whatever it found.",
             now("sum(holdfast_check_success{@check})", "complete"), unit="short", w=3),
        stat("Config taken", "Whether the last reload was taken; if not, the old one goes on.",
             now("holdfast_config_last_reload_successful{@host}", "{{instance}}"), mappings=YES, w=3),
        stat("Taken", "When a configuration was last taken.",
             now("1000 * holdfast_config_last_reload_success_timestamp_seconds{@host}", "{{instance}}"),
             unit="dateTimeFromNow", w=3),
        stat("Remembers", "What is seen while it is not will be missing in the evidence.",
             now("holdfast_history_writable{@host}", "{{instance}}"), mappings=YES, w=3),
        stat("Version", "And its revision.",
             now("max by (version, revision) (holdfast_build_info{@host})", "{{version}} {{revision}}"),
             text="name", unit="short", w=4),
        statuses(w=12), findings())


def looks():
    return row(
        "Looking",
        table("Checks", "When each last ended a look, and a complete one.",
              cells("max by (check) (holdfast_check_interval_seconds{@check})"),
              cells("1000 * max by (check) (holdfast_check_last_run_timestamp_seconds{@check})"),
              cells("1000 * max by (check) (holdfast_check_last_success_timestamp_seconds{@check})"),
              join="check",
              columns={"check": "Check", "Value #A": "Interval", "Value #B": "Last look",
                       "Value #C": "Last complete look"},
              overrides=[column("Interval", unit="s"), column("Last look", unit="dateTimeFromNow"),
                         column("Last complete look", unit="dateTimeFromNow")]),
        percentiles("How long looks take", "Whole runs of each check.", "holdfast_check_duration_seconds"),
        series("Looks in a minute", "Runs of each check; fewer than its interval asks for is a sign of an "
               "overloaded host.",
               query("60 * sum by (check) (rate(holdfast_check_runs_total{@check}[$__rate_interval]))",
                     "{{check}}"), unit="short"),
        series("Missed looks", "Runs that could not start in time.",
               query("""sum by (check) (increase(
                     holdfast_check_missed_runs_total{@check}[$__rate_interval]))""", "{{check}}"),
               unit="short", bars=True),
        series("Looks that failed, by check", "Runs that were not complete. The dashboards of the areas "
               "tell the reasons.",
               query("sum by (check) (increase(holdfast_check_failures_total{@check}[$__rate_interval]))",
                     "{{check}}"), unit="short", bars=True),
        series("Series left out", "Over the bound on labels; 200 by default.",
               query("max by (check) (holdfast_labels_dropped{@check})", "{{check}}"), unit="short"))


def scheduler():
    return row(
        "Scheduler",
        percentiles("Lateness", "From when a run was due to its start.",
                    "holdfast_scheduler_lateness_seconds", by="instance"),
        series("Runs and threads", "Runs going on, and threads kept for them: at most one a check.",
               query("holdfast_scheduler_runs_in_flight{@host}", "runs"),
               query("holdfast_scheduler_threads{@host}", "threads"), unit="short"),
        series("Signs of life", "Sent to the service elsewhere that waits for them, failed, or withheld "
               "since the scheduler stood still. Only where `heartbeat` is configured.",
               query("sum by (result) (increase(holdfast_heartbeats_total{@host}[$__rate_interval]))",
                     "{{result}}"), unit="short", bars=True),
        series("Since the last sign", "It grows while none arrives. Only where `heartbeat` is configured.",
               query("time() - (holdfast_heartbeat_last_success_timestamp_seconds{@host} > 0)", "since"),
               unit="s"))


def history():
    return row(
        "History",
        series("Size", "Of the file and its log.", query("holdfast_history_bytes{@host}", "history"),
               unit="bytes"),
        series("What went wrong", "Writes that failed, and readings it could not keep meanwhile.",
               query("increase(holdfast_history_write_errors_total{@host}[$__rate_interval])",
                     "failed writes"),
               query("increase(holdfast_history_readings_lost_total{@host}[$__rate_interval])",
                     "lost readings"), unit="short", bars=True))


def process():
    return row(
        "The process",
        series("Memory", "Resident.", query("process_resident_memory_bytes{@host}", "resident"),
               unit="bytes", w=8),
        series("CPU", "Share of one core.",
               query("rate(process_cpu_seconds_total{@host}[$__rate_interval])", "CPU"),
               unit="percentunit", w=8),
        series("Open files", "Descriptors, and how many there may be.",
               query("process_open_fds{@host}", "open"), query("process_max_fds{@host}", "most"),
               unit="short", w=8),
        series("Running for", "It falls to nought at a restart.",
               query("time() - process_start_time_seconds{@host}", "running"), unit="s"),
        series("Scrapes", "How long Prometheus takes for one.",
               query("scrape_duration_seconds{@host}", "scrape"), unit="s"), collapsed=True)


def make():
    return dashboard("holdfast-self", "Itself",
                     "Does Holdfast look in time, can it see, does it remember, and what does it cost.",
                     answer(), looks(), scheduler(), history(), process())
