# SPDX-License-Identifier: Apache-2.0
"""Checks of kind pm2: the state of each process, restarts, memory and event loops."""

from builder import (PROCESS, dashboard, limits, now, query, row, series, stat, state, state_map, steps,
                     timeline)
from shared import failures, findings, status, statuses, up


def summary():
    bad = 'sum(holdfast_pm2_processes{@check, status=~"errored|missing|unknown|waiting_restart"})'
    return row(
        "Summary",
        up("holdfast_pm2_up", "PM2", "Whether PM2's daemon answered.", w=3),
        status("pm2", w=3),
        stat("Processes online", "Processes online, of all that PM2 lists or that are expected.",
             now('sum(holdfast_pm2_processes{@check, status="online"})', "online"),
             now("sum(holdfast_pm2_processes{@check})", "of"), unit="short", w=5),
        stat("Errored or missing", "Includes processes waiting for a restart or in an unknown state. A "
                                   "stopped one may be a scheduled job.",
             now(bad, "processes"), unit="short", thresholds=steps(("green", None), ("red", 1))),
        stat("Restarts in 1 h", "Restarts of the process that restarted most often.",
             now("max(holdfast_pm2_process_restarts_last_hour{@check})", "restarts"), unit="short", w=3),
        stat("Event loop", "p95 event-loop latency of the slowest process, as measured by PM2.",
             now('max(holdfast_pm2_process_event_loop_latency_seconds{@check, percentile="95"})',
                 "latency"), unit="s", w=3),
        stat("Version", "Version of PM2's daemon.",
             now("max by (check, version) (holdfast_pm2_info{@check})", "{{version}}"), text="name", w=3,
             unit="short"),
        timeline("Processes", "State of each process. An expected process that PM2 does not list is "
                              "missing.",
                 query(state("holdfast_pm2_process_status", "status", PROCESS, "process, pm_id"),
                       "{{process}} {{pm_id}}"), mappings=state_map(PROCESS), h=9),
        findings("pm2"), statuses("pm2", w=12))


def processes():
    return row(
        "Process details",
        series("Restarts", "Restarts as counted by PM2, manual and automatic.",
               query("""sum by (process) (increase(
                     holdfast_pm2_process_restarts_total{@check}[$__rate_interval]))""", "{{process}}"),
               unit="short", bars=True),
        series("Restarts in the last hour", "By process, with the limit; shows slow crash loops.",
               query("max by (process) (holdfast_pm2_process_restarts_last_hour{@check})",
                     "{{process}}"),
               limits("pm2_process_restarts_last_hour"), unit="short"),
        series("Memory", "Resident memory by process.",
               query("sum by (process, pm_id) (holdfast_pm2_process_memory_bytes{@check})",
                     "{{process}} {{pm_id}}"), limits("pm2_process_memory_bytes"), unit="bytes"),
        series("CPU", "Share of one core by process.",
               query("sum by (process, pm_id) (holdfast_pm2_process_cpu_ratio{@check})",
                     "{{process}} {{pm_id}}"), unit="percentunit"),
        series("Event loop", "p95 event-loop latency by process, as measured by PM2.",
               query("""max by (process, pm_id)
                     (holdfast_pm2_process_event_loop_latency_seconds{@check, percentile="95"})""",
                     "{{process}} {{pm_id}}"),
               limits("pm2_process_event_loop_latency_seconds"), unit="s"),
        series("Uptime", "Time since each process started; drops to zero at a restart.",
               query("""time() - max by (process, pm_id)
                     (holdfast_pm2_process_start_time_seconds{@check})""", "{{process}} {{pm_id}}"),
               unit="s"),
        failures("pm2", w=24))


def make():
    return dashboard("holdfast-pm2", "PM2",
                     "The processes of one PM2 daemon. Whether an online process works correctly is not "
                     "measured.", summary(), processes(), kind="pm2")
