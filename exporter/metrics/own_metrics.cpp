// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/own_metrics.h"

#include <map>
#include <vector>

#include "checks/kind_rows.h"

namespace holdfast {
namespace {

std::vector<MetricSpec> of_checks() {
  return {
      gauge("holdfast_check_status",
            "1 for the status of the last run, 0 for the others; unknown without a fresh run.",
            {"check", "kind", "status"}),
      gauge("holdfast_check_success",
            "1 if the last run returned a complete, fresh reading, whatever its findings; else 0.",
            {"check"}),
      gauge("holdfast_check_fresh",
            "1 if the last run ended less than two intervals plus the timeout ago; else 0.",
            {"check"}),
      gauge("holdfast_check_last_run_timestamp_seconds",
            "When the last run ended; 0 before the first.", {"check"}),
      gauge("holdfast_check_last_success_timestamp_seconds",
            "When the last run with a complete reading ended; 0 before the first.", {"check"}),
      gauge("holdfast_check_interval_seconds", "Configured interval between runs.", {"check"}),
      gauge("holdfast_check_info",
            "Kind of a check and name of its database, empty if it has none; always 1.",
            {"check", "kind", "database"}),
      histogram("holdfast_check_duration_seconds", "Duration of runs.", {"check"}),
      counter("holdfast_check_runs_total", "Finished runs.", {"check"}),
      counter("holdfast_check_missed_runs_total",
              "Runs that could not start on time because the previous one was still running.",
              {"check"}),
      counter("holdfast_check_failures_total", "Runs without a complete reading, by reason.",
              {"check", "reason"}),
      gauge("holdfast_check_limit",
            "Configured limits, for threshold lines in dashboards; alert on findings instead.",
            {"check", "limit", "severity"}),
      gauge("holdfast_finding",
            "1 for each finding of the last run: its code, severity and subject.",
            {"check", "kind", "finding", "severity", "subject"}),
      gauge("holdfast_incident_open",
            "1 while a confirmed incident of that severity is open; else 0.",
            {"check", "severity"}),
      gauge("holdfast_labels_dropped",
            "Samples of the last run over the limit of 200 values per label.", {"check"}),
  };
}

std::vector<MetricSpec> of_windows() {
  return {
      gauge("holdfast_window_verdict", "1 for the current verdict of a window, 0 for the others.",
            {"window", "verdict"}),
      gauge("holdfast_window_start_timestamp_seconds", "When a window starts.", {"window"}),
      gauge("holdfast_window_end_timestamp_seconds", "When a window ends.", {"window"}),
      gauge("holdfast_window_coverage_ratio",
            "Share of the elapsed window, without maintenance, for which the status of a check is "
            "known.",
            {"window", "check"}),
      gauge("holdfast_window_criterion",
            "1 for the current state of a criterion (met, open or failed), 0 for the others.",
            {"window", "criterion", "state"}),
  };
}

std::vector<MetricSpec> of_the_process() {
  return {
      gauge("holdfast_build_info", "Version and revision of Holdfast; always 1.",
            {"version", "revision"}),
      gauge("holdfast_config_last_reload_successful",
            "1 if the configuration was loaded successfully the last time; else 0."),
      gauge("holdfast_config_last_reload_success_timestamp_seconds",
            "When the configuration was last loaded successfully."),
      histogram("holdfast_scheduler_lateness_seconds",
                "Delay from when a run was due to its start."),
      gauge("holdfast_scheduler_runs_in_flight", "Runs in progress."),
      gauge("holdfast_scheduler_threads", "Threads of the pool for runs, idle ones included."),
      counter("holdfast_log_messages_dropped_total",
              "Log messages not written because the reader of stderr was too slow."),
      gauge("holdfast_history_writable",
            "1 if the last write to the history file succeeded; 0 if the file cannot be used or "
            "written."),
      gauge("holdfast_history_bytes", "Size of the history file and its write-ahead log."),
      counter("holdfast_history_write_errors_total", "Writes to the history file that failed."),
      counter("holdfast_history_readings_lost_total",
              "Readings not stored because the history was not writable for too long."),
      gauge("holdfast_history_replayed_until_timestamp_seconds",
            "Demo only: data from before this time is simulated, not measured."),
      counter("holdfast_heartbeats_total",
              "Heartbeats that were sent and accepted, that failed, or that were withheld because "
              "the scheduler had stalled; only where configured.",
              {"result"}),
      gauge("holdfast_heartbeat_last_success_timestamp_seconds",
            "When a heartbeat was last accepted; 0 before the first."),
      counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds."),
      gauge("process_open_fds", "Number of open file descriptors."),
      gauge("process_max_fds", "Maximum number of open file descriptors."),
      gauge("process_virtual_memory_bytes", "Virtual memory size in bytes."),
      gauge("process_resident_memory_bytes", "Resident memory size in bytes."),
      gauge("process_start_time_seconds",
            "Start time of the process since the Unix epoch in seconds."),
      gauge("probe_success", "On /probe only: 1 if the run returned a complete reading; else 0."),
      gauge("probe_duration_seconds", "On /probe only: how long the caller waited."),
  };
}

}  // namespace

std::span<const MetricSpec> own_metrics() {
  static const std::vector<MetricSpec> table = [] {
    std::vector<MetricSpec> out = of_checks();
    for (const auto& more : {of_windows(), of_the_process()})
      out.insert(out.end(), more.begin(), more.end());
    return out;
  }();
  return table;
}

const MetricSpec& own_metric(std::string_view name) {
  static const std::map<std::string_view, const MetricSpec*> by_name = [] {
    std::map<std::string_view, const MetricSpec*> out;
    for (const MetricSpec& spec : own_metrics()) out.emplace(spec.name, &spec);
    return out;
  }();
  return *by_name.at(name);
}

}  // namespace holdfast
