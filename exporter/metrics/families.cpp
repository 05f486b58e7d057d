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
#include "exporter/metrics/own_metrics.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array kStatuses{Status::ok, Status::warning, Status::unknown, Status::critical};
constexpr std::array kIncidentSeverities{Severity::warning, Severity::unknown, Severity::critical};
constexpr std::array kVerdicts{Verdict::pending, Verdict::in_progress, Verdict::go, Verdict::no_go,
                               Verdict::inconclusive};
constexpr std::array kStates{CriterionState::met, CriterionState::open, CriterionState::failed};

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

void set(ClientMetric& metric, MetricType type, double value) {
  (type == MetricType::counter ? metric.counter.value : metric.gauge.value) = value;
}
void set(ClientMetric& metric, MetricType, const HistogramValue& value) {
  metric.histogram = render(value);
}

// Families under construction, by name.
class Builder {
 public:
  /// A sample of one of Holdfast's own metrics, with the values of its labels in their order.
  template <class Value>
  void add(std::string_view name, std::vector<std::string> values, const Value& value) {
    const MetricSpec& spec = own_metric(name);
    Labels labels;
    for (std::size_t i = 0; i < values.size(); ++i)
      labels.push_back({std::string(spec.labels.at(i)), std::move(values[i])});
    set(place(name, spec, std::move(labels)), spec.type, value);
  }
  /// For each of `choices` 1 if it is the current one, else 0; its name is the last label.
  template <class Choices, class Choice>
  void add_choice(std::string_view name, std::vector<std::string> values, const Choices& choices,
                  Choice current) {
    values.emplace_back();
    for (const auto choice : choices) {
      values.back() = name_of(choice);
      add(name, values, choice == current ? 1.0 : 0.0);
    }
  }
  /// A sample for that metric.
  ClientMetric& place(std::string_view name, const MetricSpec& spec, Labels labels) {
    auto at = families_.find(name);
    if (at == families_.end()) {
      at = families_.emplace(std::string(name), MetricFamily{}).first;
      at->second.name = at->first;
      at->second.help = escape_help(spec.help);
      at->second.type = type_of(spec.type);
    }
    ClientMetric& metric = at->second.metric.emplace_back();
    metric.label = std::move(labels);
    return metric;
  }
  Families finish() {
    Families out;
    for (auto& [name, family] : families_) out.push_back(std::move(family));
    return out;
  }

 private:
  std::map<std::string, MetricFamily, std::less<>> families_;
};

double seconds_or_never(const std::optional<Now>& at) { return at ? epoch_seconds(at->wall) : 0; }

void add_state(Builder& out, const CheckPage& page) {
  const CheckView& view = page.view;
  out.add_choice("holdfast_check_status", {view.name, view.kind}, kStatuses, view.raw);
  out.add("holdfast_check_success", {view.name}, view.success ? 1.0 : 0.0);
  out.add("holdfast_check_fresh", {view.name}, view.fresh ? 1.0 : 0.0);
  out.add("holdfast_check_last_run_timestamp_seconds", {view.name},
          seconds_or_never(view.last_run));
  out.add("holdfast_check_last_success_timestamp_seconds", {view.name},
          seconds_or_never(view.last_success));
  out.add("holdfast_check_interval_seconds", {view.name}, seconds(view.interval));
  out.add("holdfast_check_info", {view.name, view.kind, view.database}, 1.0);
}

void add_counts(Builder& out, const CheckPage& page) {
  const std::string& check = page.view.name;
  out.add("holdfast_check_duration_seconds", {check}, page.durations);
  out.add("holdfast_check_runs_total", {check}, static_cast<double>(page.view.runs));
  out.add("holdfast_check_missed_runs_total", {check}, static_cast<double>(page.missed));
  for (const auto& [reason, count] : page.failures)
    out.add("holdfast_check_failures_total", {check, std::string(name_of(reason))},
            static_cast<double>(count));
  out.add("holdfast_labels_dropped", {check}, static_cast<double>(page.labels_dropped));
}

void add_findings(Builder& out, const CheckPage& page) {
  const CheckView& view = page.view;
  std::set<std::tuple<std::string, Severity, std::string>> seen;
  for (const Finding& finding : view.findings) {
    if (!seen.emplace(finding.code, finding.severity, finding.subject).second) continue;
    out.add("holdfast_finding",
            {view.name, view.kind, finding.code, std::string(name_of(finding.severity)),
             finding.subject},
            1.0);
  }
  for (const Severity severity : kIncidentSeverities) {
    const bool is_open =
        std::ranges::find(view.incidents, severity, &Incident::severity) != view.incidents.end();
    out.add("holdfast_incident_open", {view.name, std::string(name_of(severity))},
            is_open ? 1.0 : 0.0);
  }
}

void add_limits(Builder& out, const CheckPage& page) {
  std::set<std::string_view> seen;
  for (const OptionSpec& option : page.kind->options) {
    if (option.type() != OptionType::limit || option.limits.empty()) continue;
    if (!page.config.options.has(option.name) || !seen.insert(option.limits).second) continue;
    const Limit limit = page.config.options.get<Limit>(option.name);
    for (const Status severity : {Status::warning, Status::critical})
      if (const auto bound = limit.bound(severity))
        out.add("holdfast_check_limit",
                {page.view.name, std::string(option.limits), std::string(name_of(severity))},
                *bound);
  }
}

void add_series(Builder& out, const CheckPage& page) {
  for (const Series& series : page.series) {
    const MetricSpec& spec = *series.spec;
    Labels labels{{"check", page.view.name}};
    for (std::size_t i = 0; i < series.labels.size(); ++i)
      labels.push_back({std::string(spec.labels[i]), series.labels[i]});
    ClientMetric& metric = out.place("holdfast_" + std::string(spec.name), spec, std::move(labels));
    if (spec.type == MetricType::histogram)
      set(metric, spec.type, series.histogram);
    else
      set(metric, spec.type, series.value);
  }
}

void add_process(Builder& out, const ProcessFacts& process) {
  for (const auto& [name, value] :
       {std::pair("process_cpu_seconds_total", process.cpu_seconds),
        std::pair("process_open_fds", process.open_fds),
        std::pair("process_max_fds", process.max_fds),
        std::pair("process_virtual_memory_bytes", process.virtual_memory_bytes),
        std::pair("process_resident_memory_bytes", process.resident_memory_bytes),
        std::pair("process_start_time_seconds", process.start_time_seconds)})
    if (value) out.add(name, {}, *value);
}

void add_history(Builder& out, const HistoryFacts& history) {
  out.add("holdfast_history_writable", {}, history.is_writable ? 1.0 : 0.0);
  out.add("holdfast_history_bytes", {}, static_cast<double>(history.bytes));
  out.add("holdfast_history_write_errors_total", {}, static_cast<double>(history.write_errors));
  out.add("holdfast_history_readings_lost_total", {}, static_cast<double>(history.left_out));
  if (history.replayed_until)
    out.add("holdfast_history_replayed_until_timestamp_seconds", {},
            epoch_seconds(*history.replayed_until));
}

void add_heartbeats(Builder& out, const HeartbeatFacts& heartbeats) {
  for (const auto& [result, count] :
       {std::pair("sent", heartbeats.sent), std::pair("failed", heartbeats.failed),
        std::pair("withheld", heartbeats.withheld)})
    out.add("holdfast_heartbeats_total", {result}, static_cast<double>(count));
  out.add("holdfast_heartbeat_last_success_timestamp_seconds", {},
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
  out.add("holdfast_build_info", {std::string(version()), std::string(revision())}, 1.0);
  out.add("holdfast_config_last_reload_successful", {}, self.last_reload_successful ? 1.0 : 0.0);
  out.add("holdfast_config_last_reload_success_timestamp_seconds", {},
          self.last_reload_timestamp_seconds);
  out.add("holdfast_scheduler_lateness_seconds", {}, scheduler.lateness);
  out.add("holdfast_scheduler_runs_in_flight", {}, static_cast<double>(scheduler.in_flight));
  out.add("holdfast_scheduler_threads", {}, static_cast<double>(scheduler.threads));
  out.add("holdfast_log_messages_dropped_total", {},
          static_cast<double>(self.log_messages_dropped));
  add_history(out, history);
  if (heartbeats.is_configured) add_heartbeats(out, heartbeats);
  add_process(out, process);
  return out.finish();
}

Families window_families(const std::vector<WindowResult>& windows) {
  Builder out;
  for (const WindowResult& window : windows) {
    for (const CheckResult& check : window.checks)
      out.add("holdfast_window_coverage_ratio", {window.name, check.check}, check.coverage);
    for (const CriterionResult& criterion : window.criteria)
      out.add_choice("holdfast_window_criterion", {window.name, criterion.criterion}, kStates,
                     criterion.state);
    out.add("holdfast_window_start_timestamp_seconds", {window.name},
            epoch_seconds(window.span.begin));
    out.add("holdfast_window_end_timestamp_seconds", {window.name}, epoch_seconds(window.span.end));
    out.add_choice("holdfast_window_verdict", {window.name}, kVerdicts, window.verdict);
  }
  return out.finish();
}

Families probe_families(bool success, Duration took) {
  Builder out;
  out.add("probe_success", {}, success ? 1.0 : 0.0);
  out.add("probe_duration_seconds", {}, seconds(took));
  return out.finish();
}

}  // namespace holdfast
