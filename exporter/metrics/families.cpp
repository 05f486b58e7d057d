// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/families.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "checks/support/text/escape.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array kStatuses{Status::ok, Status::warning, Status::unknown, Status::critical};
constexpr std::array kIncidentSeverities{Severity::warning, Severity::unknown, Severity::critical};

prometheus::MetricType type_of(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return prometheus::MetricType::Counter;
    case MetricType::histogram:
      return prometheus::MetricType::Histogram;
    case MetricType::gauge:
      break;
  }
  return prometheus::MetricType::Gauge;
}

ClientMetric::Histogram render(const HistogramValue& value) {
  ClientMetric::Histogram out;
  out.sample_count = value.count;
  out.sample_sum = value.sum;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < value.counts.size(); ++i) {
    cumulative += value.counts[i];
    const bool is_last = i == value.bounds.size();
    out.bucket.push_back(
        {cumulative, is_last ? std::numeric_limits<double>::infinity() : value.bounds[i]});
  }
  return out;
}

// Families under construction, by name.
class Builder {
 public:
  void add(std::string_view name, MetricType type, std::string_view help, Labels labels,
           double value) {
    ClientMetric& metric = place(name, type, help, std::move(labels));
    (type == MetricType::counter ? metric.counter.value : metric.gauge.value) = value;
  }
  void add(std::string_view name, std::string_view help, Labels labels,
           const HistogramValue& value) {
    place(name, MetricType::histogram, help, std::move(labels)).histogram = render(value);
  }
  Families finish() {
    Families out;
    for (auto& [name, family] : families_) out.push_back(std::move(family));
    return out;
  }

 private:
  ClientMetric& place(std::string_view name, MetricType type, std::string_view help,
                      Labels labels) {
    auto at = families_.find(name);
    if (at == families_.end()) {
      at = families_.emplace(std::string(name), MetricFamily{}).first;
      at->second.name = at->first;
      at->second.help = escape_help(help);
      at->second.type = type_of(type);
    }
    at->second.metric.emplace_back();
    at->second.metric.back().label = std::move(labels);
    return at->second.metric.back();
  }

  std::map<std::string, MetricFamily, std::less<>> families_;
};

double seconds_or_never(const std::optional<Now>& at) { return at ? epoch_seconds(at->wall) : 0; }

void add_state(Builder& out, const CheckPage& page) {
  const CheckView& view = page.view;
  const Labels own{{"check", view.name}};
  for (const Status status : kStatuses) {
    out.add("holdfast_check_status", MetricType::gauge,
            "Raw status of a check's last run: 1 for the current status, 0 for the others.",
            {{"check", view.name}, {"kind", view.kind}, {"status", std::string(name_of(status))}},
            view.raw == status ? 1 : 0);
  }
  out.add("holdfast_check_success", MetricType::gauge,
          "Whether the last run returned a complete, fresh reading, regardless of limits.", own,
          view.success ? 1 : 0);
  out.add("holdfast_check_fresh", MetricType::gauge,
          "Whether the last reading is younger than two intervals plus the timeout.", own,
          view.fresh ? 1 : 0);
  out.add("holdfast_check_last_run_timestamp_seconds", MetricType::gauge,
          "When the last run ended; 0 before the first.", own, seconds_or_never(view.last_run));
  out.add("holdfast_check_last_success_timestamp_seconds", MetricType::gauge,
          "When the last complete reading ended; 0 before the first.", own,
          seconds_or_never(view.last_success));
  out.add("holdfast_check_interval_seconds", MetricType::gauge, "Configured interval of a check.",
          own, seconds(view.interval));
  out.add("holdfast_check_info", MetricType::gauge, "Kind and database of a check.",
          {{"check", view.name}, {"kind", view.kind}, {"database", view.database}}, 1);
}

void add_counts(Builder& out, const CheckPage& page) {
  const Labels own{{"check", page.view.name}};
  out.add("holdfast_check_duration_seconds", "Duration of the runs of a check.", own,
          page.durations);
  out.add("holdfast_check_runs_total", MetricType::counter, "Finished runs of a check.", own,
          static_cast<double>(page.view.runs));
  out.add("holdfast_check_missed_runs_total", MetricType::counter,
          "Runs that could not start on time because the previous one was still running.", own,
          static_cast<double>(page.missed));
  for (const auto& [reason, count] : page.failures) {
    out.add("holdfast_check_failures_total", MetricType::counter,
            "Runs without a complete reading, by reason.",
            {{"check", page.view.name}, {"reason", std::string(name_of(reason))}},
            static_cast<double>(count));
  }
  out.add("holdfast_labels_dropped", MetricType::gauge,
          "Samples of the last reading dropped because a label has too many values.", own,
          static_cast<double>(page.labels_dropped));
}

void add_findings(Builder& out, const CheckPage& page) {
  const CheckView& view = page.view;
  std::set<std::tuple<std::string, Severity, std::string>> seen;
  for (const Finding& finding : view.findings) {
    if (!seen.emplace(finding.code, finding.severity, finding.subject).second) continue;
    out.add("holdfast_finding", MetricType::gauge, "An active finding, by its code.",
            {{"check", view.name},
             {"kind", view.kind},
             {"finding", finding.code},
             {"severity", std::string(name_of(finding.severity))},
             {"subject", finding.subject}},
            1);
  }
  for (const Severity severity : kIncidentSeverities) {
    const bool is_open = std::ranges::any_of(
        view.incidents, [&](const Incident& incident) { return incident.severity == severity; });
    out.add("holdfast_incident_open", MetricType::gauge,
            "Whether a confirmed incident of that severity is open.",
            {{"check", view.name}, {"severity", std::string(name_of(severity))}}, is_open ? 1 : 0);
  }
}

void add_limits(Builder& out, const CheckPage& page) {
  std::set<std::string_view> seen;
  for (const OptionSpec& option : page.kind->options) {
    if (option.type() != OptionType::limit || option.limits.empty()) continue;
    if (!page.config.options.has(option.name) || !seen.insert(option.limits).second) continue;
    const Limit limit = page.config.options.get<Limit>(option.name);
    for (const Status severity : {Status::warning, Status::critical}) {
      if (!limit.bound(severity)) continue;
      out.add("holdfast_check_limit", MetricType::gauge,
              "A configured limit, for dashboards only: alert rules use findings.",
              {{"check", page.view.name},
               {"limit", std::string(option.limits)},
               {"severity", std::string(name_of(severity))}},
              *limit.bound(severity));
    }
  }
}

void add_series(Builder& out, const CheckPage& page) {
  for (const Series& series : page.series) {
    const MetricSpec& spec = *series.spec;
    const std::string name = "holdfast_" + std::string(spec.name);
    Labels labels{{"check", page.view.name}};
    for (std::size_t i = 0; i < series.labels.size(); ++i) {
      labels.push_back({std::string(spec.labels[i]), series.labels[i]});
    }
    if (spec.type == MetricType::histogram) {
      out.add(name, spec.help, std::move(labels), series.histogram);
    } else {
      out.add(name, spec.type, spec.help, std::move(labels), series.value);
    }
  }
}

void add_process(Builder& out, const ProcessFacts& process) {
  const auto add = [&](std::string_view name, MetricType type, std::string_view help,
                       const std::optional<double>& value) {
    if (value) out.add(name, type, help, {}, *value);
  };
  add("process_cpu_seconds_total", MetricType::counter,
      "Total user and system CPU time spent in seconds.", process.cpu_seconds);
  add("process_open_fds", MetricType::gauge, "Number of open file descriptors.", process.open_fds);
  add("process_max_fds", MetricType::gauge, "Maximum number of open file descriptors.",
      process.max_fds);
  add("process_virtual_memory_bytes", MetricType::gauge, "Virtual memory size in bytes.",
      process.virtual_memory_bytes);
  add("process_resident_memory_bytes", MetricType::gauge, "Resident memory size in bytes.",
      process.resident_memory_bytes);
  add("process_start_time_seconds", MetricType::gauge,
      "Start time of the process since the Unix epoch in seconds.", process.start_time_seconds);
}

void add_history(Builder& out, const HistoryFacts& history) {
  const auto add = [&](std::string_view name, MetricType type, std::string_view help,
                       double value) { out.add(name, type, help, {}, value); };
  add("holdfast_history_writable", MetricType::gauge,
      "Whether the history file can be written: 0 when it cannot be used or written.",
      history.is_writable ? 1 : 0);
  add("holdfast_history_bytes", MetricType::gauge,
      "Size of the history file and its write-ahead log.", static_cast<double>(history.bytes));
  add("holdfast_history_write_errors_total", MetricType::counter,
      "Writes to the history file that failed.", static_cast<double>(history.write_errors));
  add("holdfast_history_readings_lost_total", MetricType::counter,
      "Readings not stored because the history was not writable for too long.",
      static_cast<double>(history.left_out));
  // Only in the demo.
  if (history.replayed_until)
    add("holdfast_history_replayed_until_timestamp_seconds", MetricType::gauge,
        "Demo only: evidence before this time was replayed, not measured.",
        epoch_seconds(*history.replayed_until));
}

void add_heartbeats(Builder& out, const HeartbeatFacts& heartbeats) {
  const std::array<std::pair<const char*, std::uint64_t>, 3> results{
      {{"sent", heartbeats.sent},
       {"failed", heartbeats.failed},
       {"withheld", heartbeats.withheld}}};
  for (const auto& [result, count] : results)
    out.add("holdfast_heartbeats_total", MetricType::counter,
            "Heartbeats: sent and answered, failed, or withheld because the scheduler was stalled.",
            {{"result", result}}, static_cast<double>(count));
  out.add("holdfast_heartbeat_last_success_timestamp_seconds", MetricType::gauge,
          "When the last heartbeat was delivered; 0 before the first.", {},
          heartbeats.last_success ? epoch_seconds(*heartbeats.last_success) : 0);
}

}  // namespace

Families check_families(const Pages& pages) {
  Builder out;
  for (const auto& page : pages) {
    add_state(out, *page);
    add_counts(out, *page);
    add_findings(out, *page);
    add_limits(out, *page);
    add_series(out, *page);
  }
  return out.finish();
}

Families self_families(const SelfFacts& self, const SchedulerFacts& scheduler,
                       const HistoryFacts& history, const HeartbeatFacts& heartbeats,
                       const ProcessFacts& process) {
  Builder out;
  out.add("holdfast_build_info", MetricType::gauge, "Version and revision of Holdfast; always 1.",
          {{"version", std::string(version())}, {"revision", std::string(revision())}}, 1);
  out.add("holdfast_config_last_reload_successful", MetricType::gauge,
          "Whether the last reload of the configuration succeeded.", {},
          self.last_reload_successful ? 1 : 0);
  out.add("holdfast_config_last_reload_success_timestamp_seconds", MetricType::gauge,
          "When the configuration was last loaded successfully.", {},
          self.last_reload_timestamp_seconds);
  out.add("holdfast_scheduler_lateness_seconds", "Delay from when a run was due to its start.", {},
          scheduler.lateness);
  out.add("holdfast_scheduler_runs_in_flight", MetricType::gauge, "Runs in progress.", {},
          static_cast<double>(scheduler.in_flight));
  out.add("holdfast_scheduler_threads", MetricType::gauge,
          "Threads of the pool for runs, idle ones included.", {},
          static_cast<double>(scheduler.threads));
  out.add("holdfast_log_messages_dropped_total", MetricType::counter,
          "Log messages not written because the reader of stderr was too slow.", {},
          static_cast<double>(self.log_messages_dropped));
  add_history(out, history);
  if (heartbeats.is_configured) add_heartbeats(out, heartbeats);
  add_process(out, process);
  return out.finish();
}

Families probe_families(bool success, Duration took) {
  Builder out;
  out.add("probe_success", MetricType::gauge, "Whether the probed run returned a complete reading.",
          {}, success ? 1 : 0);
  out.add("probe_duration_seconds", MetricType::gauge, "How long the caller waited.", {},
          seconds(took));
  return out.finish();
}

}  // namespace holdfast
