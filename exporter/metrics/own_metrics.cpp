// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/own_metrics.h"

#include <map>

namespace holdfast {

std::span<const MetricSpec> own_metrics() {
  constexpr auto kCounter = MetricType::counter;
  constexpr auto kGauge = MetricType::gauge;
  constexpr auto kHistogram = MetricType::histogram;
  static const std::vector<MetricSpec> table{
      {"holdfast_check_status",
       kGauge,
       "1 for the status of the last run, 0 for the others; unknown without a fresh run.",
       {"check", "kind", "status"}},
      {"holdfast_check_success",
       kGauge,
       "1 if the last run returned a complete, fresh reading, whatever its findings; else 0.",
       {"check"}},
      {"holdfast_check_fresh",
       kGauge,
       "1 if the last run ended less than two intervals plus the timeout ago; else 0.",
       {"check"}},
      {"holdfast_check_last_run_timestamp_seconds",
       kGauge,
       "When the last run ended; 0 before the first.",
       {"check"}},
      {"holdfast_check_last_success_timestamp_seconds",
       kGauge,
       "When the last run with a complete reading ended; 0 before the first.",
       {"check"}},
      {"holdfast_check_interval_seconds", kGauge, "Configured interval between runs.", {"check"}},
      {"holdfast_check_info",
       kGauge,
       "Kind of a check and name of its database, empty if it has none; always 1.",
       {"check", "kind", "database"}},
      {"holdfast_check_duration_seconds", kHistogram, "Duration of runs.", {"check"}},
      {"holdfast_check_runs_total", kCounter, "Finished runs.", {"check"}},
      {"holdfast_check_missed_runs_total",
       kCounter,
       "Runs that could not start on time because the previous one was still running.",
       {"check"}},
      {"holdfast_check_failures_total",
       kCounter,
       "Runs without a complete reading, by reason.",
       {"check", "reason"}},
      {"holdfast_check_limit",
       kGauge,
       "Configured limits, for threshold lines in dashboards; alert on findings instead.",
       {"check", "limit", "severity"}},
      {"holdfast_finding",
       kGauge,
       "1 for each finding of the last run: its code, severity and subject.",
       {"check", "kind", "finding", "severity", "subject"}},
      {"holdfast_incident_open",
       kGauge,
       "1 while a confirmed incident of that severity is open; else 0.",
       {"check", "severity"}},
      {"holdfast_labels_dropped",
       kGauge,
       "Samples of the last run over the limit of 200 values per label.",
       {"check"}},
      {"holdfast_window_verdict",
       kGauge,
       "1 for the current verdict of a window, 0 for the others.",
       {"window", "verdict"}},
      {"holdfast_window_start_timestamp_seconds", kGauge, "When a window starts.", {"window"}},
      {"holdfast_window_end_timestamp_seconds", kGauge, "When a window ends.", {"window"}},
      {"holdfast_window_coverage_ratio",
       kGauge,
       "Share of the elapsed window, without maintenance, for which the status of a check is "
       "known.",
       {"window", "check"}},
      {"holdfast_window_criterion",
       kGauge,
       "1 for the current state of a criterion (met, open or failed), 0 for the others.",
       {"window", "criterion", "state"}},
      {"holdfast_build_info",
       kGauge,
       "Version and revision of Holdfast; always 1.",
       {"version", "revision"}},
      {"holdfast_config_last_reload_successful", kGauge,
       "1 if the configuration was loaded successfully the last time; else 0."},
      {"holdfast_config_last_reload_success_timestamp_seconds", kGauge,
       "When the configuration was last loaded successfully."},
      {"holdfast_scheduler_lateness_seconds", kHistogram,
       "Delay from when a run was due to its start."},
      {"holdfast_scheduler_runs_in_flight", kGauge, "Runs in progress."},
      {"holdfast_scheduler_threads", kGauge, "Threads of the pool for runs, idle ones included."},
      {"holdfast_log_messages_dropped_total", kCounter,
       "Log messages not written because the reader of stderr was too slow."},
      {"holdfast_history_writable", kGauge,
       "1 if the last write to the history file succeeded; 0 if the file cannot be used or "
       "written."},
      {"holdfast_history_bytes", kGauge, "Size of the history file and its write-ahead log."},
      {"holdfast_history_write_errors_total", kCounter, "Writes to the history file that failed."},
      {"holdfast_history_readings_lost_total", kCounter,
       "Readings not stored because the history was not writable for too long."},
      {"holdfast_history_replayed_until_timestamp_seconds", kGauge,
       "Demo only: data from before this time is simulated, not measured."},
      {"holdfast_heartbeats_total",
       kCounter,
       "Heartbeats that were sent and accepted, that failed, or that were withheld because the "
       "scheduler had stalled; only where configured.",
       {"result"}},
      {"holdfast_heartbeat_last_success_timestamp_seconds", kGauge,
       "When a heartbeat was last accepted; 0 before the first."},
      {"process_cpu_seconds_total", kCounter, "Total user and system CPU time spent in seconds."},
      {"process_open_fds", kGauge, "Number of open file descriptors."},
      {"process_max_fds", kGauge, "Maximum number of open file descriptors."},
      {"process_virtual_memory_bytes", kGauge, "Virtual memory size in bytes."},
      {"process_resident_memory_bytes", kGauge, "Resident memory size in bytes."},
      {"process_start_time_seconds", kGauge,
       "Start time of the process since the Unix epoch in seconds."},
      {"probe_success", kGauge,
       "On /probe only: 1 if the run returned a complete reading; else 0."},
      {"probe_duration_seconds", kGauge, "On /probe only: how long the caller waited."},
  };
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
