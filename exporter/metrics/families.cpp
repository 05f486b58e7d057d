// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/families.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <tuple>

#include "exporter/system/version.h"

namespace holdfast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array kStatuses{Status::ok, Status::warning, Status::unknown, Status::critical};
constexpr std::array kIncidentSeverities{Severity::warning, Severity::unknown, Severity::critical};

// As the text format wants HELP; OpenMetrics escapes quotes besides.
std::string escape_help(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

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
            "Raw status of a check's last run: 1 for the state it is in.",
            {{"check", view.name}, {"kind", view.kind}, {"status", std::string(name_of(status))}},
            view.raw == status ? 1 : 0);
  }
  out.add("holdfast_check_success", MetricType::gauge,
          "Whether the last run gave a complete, fresh reading, whatever the limits say.", own,
          view.success ? 1 : 0);
  out.add("holdfast_check_fresh", MetricType::gauge,
          "Whether the last reading is younger than two intervals and a time-out.", own,
          view.fresh ? 1 : 0);
  out.add("holdfast_check_last_run_timestamp_seconds", MetricType::gauge,
          "When the last run ended; 0 before the first.", own, seconds_or_never(view.last_run));
  out.add("holdfast_check_last_success_timestamp_seconds", MetricType::gauge,
          "When the last complete reading ended; 0 before the first.", own,
          seconds_or_never(view.last_success));
  out.add("holdfast_check_interval_seconds", MetricType::gauge, "How often a check is run.", own,
          seconds(view.interval));
  out.add("holdfast_check_info", MetricType::gauge, "What a check is: its kind and database.",
          {{"check", view.name}, {"kind", view.kind}, {"database", view.database}}, 1);
}

void add_counts(Builder& out, const CheckPage& page) {
  const Labels own{{"check", page.view.name}};
  out.add("holdfast_check_duration_seconds", "How long runs of a check take.", own, page.durations);
  out.add("holdfast_check_runs_total", MetricType::counter, "Finished runs of a check.", own,
          static_cast<double>(page.view.runs));
  out.add("holdfast_check_missed_runs_total", MetricType::counter,
          "Runs that could not start in time, since the one before still went on.", own,
          static_cast<double>(page.missed));
  for (const auto& [reason, count] : page.failures) {
    out.add("holdfast_check_failures_total", MetricType::counter,
            "Runs without a complete reading, by reason.",
            {{"check", page.view.name}, {"reason", std::string(name_of(reason))}},
            static_cast<double>(count));
  }
  out.add("holdfast_labels_dropped", MetricType::gauge,
          "Samples of the last reading that were over the bound on label values.", own,
          static_cast<double>(page.labels_dropped));
}

void add_findings(Builder& out, const CheckPage& page) {
  const CheckView& view = page.view;
  std::set<std::tuple<std::string, Severity, std::string>> seen;
  for (const Finding& finding : view.findings) {
    if (!seen.emplace(finding.code, finding.severity, finding.subject).second) continue;
    out.add("holdfast_finding", MetricType::gauge, "A finding that stands, by its code.",
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
              "A limit as configured, for lines in panels: alerts are about findings.",
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
  add("process_cpu_seconds_total", MetricType::counter, "User and system time spent.",
      process.cpu_seconds);
  add("process_open_fds", MetricType::gauge, "Open file descriptors.", process.open_fds);
  add("process_max_fds", MetricType::gauge, "Most file descriptors it may open.", process.max_fds);
  add("process_virtual_memory_bytes", MetricType::gauge, "Address space taken.",
      process.virtual_memory_bytes);
  add("process_resident_memory_bytes", MetricType::gauge, "Memory held.",
      process.resident_memory_bytes);
  add("process_start_time_seconds", MetricType::gauge, "When the process started.",
      process.start_time_seconds);
}

void add_history(Builder& out, const HistoryFacts& history) {
  const auto add = [&](std::string_view name, MetricType type, std::string_view help,
                       double value) { out.add(name, type, help, {}, value); };
  add("holdfast_history_writable", MetricType::gauge,
      "Whether the history is kept as configured: 0 when its file cannot be used or written.",
      history.is_writable ? 1 : 0);
  add("holdfast_history_bytes", MetricType::gauge, "Size of the history file and its log.",
      static_cast<double>(history.bytes));
  add("holdfast_history_write_errors_total", MetricType::counter,
      "Writes to the history file that failed.", static_cast<double>(history.write_errors));
  add("holdfast_history_readings_lost_total", MetricType::counter,
      "Readings that the history could not keep, since it was not writable for too long.",
      static_cast<double>(history.left_out));
  // Only in a demonstration: on a server of one's own it would say nothing.
  if (history.replayed_until)
    add("holdfast_history_replayed_until_timestamp_seconds", MetricType::gauge,
        "This is a demonstration: what the windows know of before was replayed and never seen.",
        epoch_seconds(*history.replayed_until));
}

void add_life_signs(Builder& out, const HeartbeatFacts& signs) {
  const std::array<std::pair<const char*, std::uint64_t>, 3> results{
      {{"sent", signs.sent}, {"failed", signs.failed}, {"withheld", signs.withheld}}};
  for (const auto& [result, count] : results)
    out.add(
        "holdfast_heartbeats_total", MetricType::counter,
        "Signs of life: sent and answered, failed, or withheld since the scheduler stood still.",
        {{"result", result}}, static_cast<double>(count));
  out.add("holdfast_heartbeat_last_success_timestamp_seconds", MetricType::gauge,
          "When a sign of life last arrived; 0 before the first.", {},
          signs.last_success ? epoch_seconds(*signs.last_success) : 0);
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
                       const HistoryFacts& history, const HeartbeatFacts& signs,
                       const ProcessFacts& process) {
  Builder out;
  out.add("holdfast_build_info", MetricType::gauge, "Which Holdfast this is.",
          {{"version", std::string(version())}, {"revision", std::string(revision())}}, 1);
  out.add("holdfast_config_last_reload_successful", MetricType::gauge,
          "Whether the last attempt to read the configuration found no fault.", {},
          self.last_reload_successful ? 1 : 0);
  out.add("holdfast_config_last_reload_success_timestamp_seconds", MetricType::gauge,
          "When a configuration was last taken over.", {}, self.last_reload_timestamp_seconds);
  out.add("holdfast_scheduler_lateness_seconds", "From when a run was due to its start.", {},
          scheduler.lateness);
  out.add("holdfast_scheduler_runs_in_flight", MetricType::gauge, "Runs going on now.", {},
          static_cast<double>(scheduler.in_flight));
  out.add("holdfast_scheduler_threads", MetricType::gauge, "Threads kept for runs.", {},
          static_cast<double>(scheduler.threads));
  out.add("holdfast_log_messages_dropped_total", MetricType::counter,
          "Log messages not written because the reader of stderr was too slow.", {},
          static_cast<double>(self.log_messages_dropped));
  add_history(out, history);
  if (signs.is_configured) add_life_signs(out, signs);
  add_process(out, process);
  return out.finish();
}

Families probe_families(bool success, Duration took) {
  Builder out;
  out.add("probe_success", MetricType::gauge, "Whether the probed run gave a complete reading.", {},
          success ? 1 : 0);
  out.add("probe_duration_seconds", MetricType::gauge, "How long the caller waited.", {},
          seconds(took));
  return out.finish();
}

}  // namespace holdfast
