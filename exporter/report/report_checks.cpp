// SPDX-License-Identifier: Apache-2.0
// Each check over a period: result, timeline, incidents, latency by day, numbers.
#include <algorithm>
#include <map>

#include "exporter/report/words.h"
#include "exporter/window/check_timeline.h"

namespace holdfast {
namespace {

/// One cell for four minutes of a day.
constexpr std::size_t kTimelineCells = 360;
constexpr std::size_t kMaxBars = 24;
/// The history is written about once a second, so a command sees the last reading late.
constexpr auto kWriteLag = std::chrono::seconds(5);

std::vector<LatencyPoint> latency_points(const CheckEvidence& evidence, Span range) {
  const Duration step = range.length() > 2 * kDay ? kDay : std::chrono::hours(1);
  // By steps from the begin of the range, so that a window has no half days.
  std::map<std::int64_t, Distribution> steps;
  for (const LatencySlice& slice : evidence.latency)
    if (slice.span.end > range.begin && slice.span.begin < range.end)
      steps[(std::max(slice.span.begin, range.begin) - range.begin) / step].merge(slice.values);
  std::vector<LatencyPoint> out;
  for (const auto& [index, values] : steps) {
    if (values.count() == 0) continue;
    const WallTime begin = range.begin + step * index;
    out.push_back({{begin, std::min(begin + step, range.end)},
                   values.quantile(0.5).value_or(0),
                   values.quantile(0.95).value_or(0),
                   values.quantile(0.99).value_or(0)});
  }
  return out;
}

std::vector<ReportBar> bars_of(const ReportNumber& number, const std::vector<Sample>& samples) {
  std::map<std::string, ReportBar> bars;
  for (const Sample& sample : samples) {
    const std::string_view metric = sample.spec != nullptr ? sample.spec->name : "";
    const bool is_max = !metric.empty() && metric == number.max_metric;
    if (!is_max && metric != number.metric) continue;
    ReportBar& bar = bars[label_of(sample, number.label)];
    (is_max ? bar.of : bar.value) += sample.value;
  }
  std::vector<ReportBar> out;
  for (auto& [label, bar] : bars) {
    if (out.size() == kMaxBars) break;
    bar.label = label.empty() ? number.title : label;
    out.push_back(std::move(bar));
  }
  return out;
}

std::vector<ReportBars> numbers_of(const CheckNow& now) {
  std::vector<ReportBars> out;
  if (now.kind == nullptr) return out;
  for (const ReportNumber& number : now.kind->report_numbers)
    if (auto bars = bars_of(number, now.samples); !bars.empty())
      out.push_back({std::string(number.title), std::move(bars)});
  return out;
}

// A warning that was critical all the time is shown once.
bool is_also_critical(const IncidentRecord& incident, const CheckEvidence& evidence) {
  return incident.severity == Severity::warning &&
         std::ranges::any_of(evidence.incidents, [&](const IncidentRecord& other) {
           return other.severity == Severity::critical && other.since == incident.since &&
                  other.until == incident.until;
         });
}

void set_incidents(const CheckEvidence& evidence, Span range, ReportCheck& out) {
  std::vector<IncidentRecord> all;
  for (const IncidentRecord& incident : evidence.incidents)
    if (touches(incident, range) && !is_also_critical(incident, evidence)) all.push_back(incident);
  const std::size_t count = all.size() + evidence.incidents_left_out;
  const auto weight = [&](const IncidentRecord& incident) {
    return std::pair(incident.severity == Severity::critical, span_of(incident, range).length());
  };
  std::ranges::stable_sort(all, std::greater{}, weight);
  if (all.size() > kMaxReportIncidents) all.resize(kMaxReportIncidents);
  std::ranges::stable_sort(all, {}, &IncidentRecord::since);
  out.incidents_left_out = count - all.size();
  out.incidents = std::move(all);
}

/// The status at the end of the range, and since when.
void set_status(const CheckEvidence& evidence, Span range, ReportCheck& out) {
  const StatusSpan* last = nullptr;
  for (const StatusSpan& step : evidence.spans)
    if (step.span.begin < range.end) last = &step;
  if (last == nullptr || last->span.end + kWriteLag < range.end) {
    if (last != nullptr) out.since = last->span.end;
    return;  // No current reading: unknown.
  }
  out.status = last->confirmed;
  out.since = last->span.begin;
  for (const IncidentRecord& incident : evidence.incidents)
    if (!incident.until && status_of({.findings = incident.findings}) == out.status)
      out.since = incident.since;
}

void set_findings(const CheckEvidence& evidence, const CheckNow* now, ReportCheck& out) {
  std::vector<Finding> findings;
  std::size_t left_out = 0;
  if (now != nullptr) {
    findings = now->findings;
  } else {
    for (const IncidentRecord& incident : evidence.incidents) {
      if (incident.until) continue;
      findings.insert(findings.end(), incident.findings.begin(), incident.findings.end());
      left_out += incident.findings_left_out;
    }
  }
  std::ranges::stable_sort(findings, std::greater{}, &Finding::severity);
  if (findings.size() > kMaxReportFindings) {
    left_out += findings.size() - kMaxReportFindings;
    findings.resize(kMaxReportFindings);
  }
  out.findings = std::move(findings);
  out.findings_left_out = left_out;
}

}  // namespace

std::string label_of(const Sample& sample, std::string_view name) {
  for (std::size_t i = 0; i < sample.labels.size() && i < sample.spec->labels.size(); ++i)
    if (sample.spec->labels[i] == name) return sample.labels[i];
  return {};
}

CheckResult sum_up(const CheckEvidence& check, const Evidence& evidence, Span range) {
  const CheckTimeline timeline(check, find_kind(check.kind), evidence.gaps,
                               std::min(range.end, evidence.range.end));
  return timeline.summarize(range, maintenance_of(evidence), days_of(range)).result;
}

std::vector<ReportCheck> make_checks(const ReportSource& source, Span range,
                                     const std::vector<std::string>& names) {
  std::vector<ReportCheck> out;
  for (const CheckEvidence& evidence : source.evidence.checks) {
    if (!names.empty() && std::ranges::find(names, evidence.check) == names.end()) continue;
    const auto now = std::ranges::find(source.now_checks, evidence.check, &CheckNow::check);
    ReportCheck check;
    check.result = sum_up(evidence, source.evidence, range);
    set_status(evidence, range, check);
    set_findings(evidence, now == source.now_checks.end() ? nullptr : &*now, check);
    set_incidents(evidence, range, check);
    check.timeline =
        make_status_timeline(evidence, source.evidence.maintenance, range, kTimelineCells);
    check.latency = latency_points(evidence, range);
    if (now != source.now_checks.end()) check.numbers = numbers_of(*now);
    out.push_back(std::move(check));
  }
  return out;
}

}  // namespace holdfast
