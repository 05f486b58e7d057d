// SPDX-License-Identifier: Apache-2.0
// The criteria that evidence can fail: critical and warning time, latency, use.
#include <algorithm>

#include "checks/support/text/columns.h"
#include "exporter/window/evaluation.h"

namespace holdfast {
namespace {

std::string worst_of(const std::string& check) { return " (worst: " + check + ")"; }

using TimeOf = SpanSet CheckSummary::*;

// Adds the incidents that overlap `time`. An incident has a record for each severity it reached:
// the warning's record does not count the time of the critical one again.
void add_shares(const std::vector<TimedIncident>& incidents, const SpanSet& time,
                std::vector<Share>& out) {
  std::vector<Span> critical;
  for (const TimedIncident& incident : incidents)
    if (incident.record.severity == Severity::critical) critical.push_back(incident.span);
  const SpanSet rest = time - SpanSet(std::move(critical));
  for (const TimedIncident& incident : incidents) {
    const SpanSet& counted = incident.record.severity == Severity::critical ? time : rest;
    if (const Duration part = counted.within(incident.span).length(); part.count() > 0)
      out.push_back({part, &incident.record});
  }
}

// The confirmed time of each check against the limit, never summed over checks.
CriterionResult evaluate_time(const Evaluation& evaluation, std::string name, Duration limit,
                              TimeOf time_of) {
  CriterionResult result;
  result.criterion = std::move(name);
  result.wanted = limit.count() == 0 ? "none" : "at most " + render_duration(limit) + " per check";
  const CheckSummary* worst = nullptr;
  Duration most{};
  std::vector<Share> shares;
  for (std::size_t i = 0; i < evaluation.summaries.size(); ++i) {
    const SpanSet& time = evaluation.summaries[i].*time_of;
    const Duration length = time.length();
    if (worst == nullptr || length > most) {
      worst = &evaluation.summaries[i];
      most = length;
    }
    add_shares(evaluation.timelines[i].incidents(), time, shares);
    const auto failed = time.exceeds(limit);
    if (failed && (!result.failed_at || *failed < *result.failed_at)) result.failed_at = failed;
  }
  if (worst != nullptr) result.check = worst->result.check;
  result.found = render_duration(most) + (most.count() > 0 ? worst_of(result.check) : "");
  list_incidents(std::move(shares), result);
  result.is_evidence_against = true;
  if (result.failed_at)
    result.state = CriterionState::failed;
  else if (most + evaluation.remaining() <= limit)
    result.state = CriterionState::met;
  return result;
}

std::optional<Duration> latency_limit(const Criteria& criteria, const CheckSummary& summary,
                                      const Kind* kind) {
  const auto named = criteria.latency_of.find(summary.result.check);
  if (named != criteria.latency_of.end()) return named->second;
  const bool is_measured =
      summary.result.latency.count() > 0 || (kind != nullptr && !kind->latency.empty());
  return is_measured ? criteria.latency : std::nullopt;
}

// Whether the target could not be queried and nothing else: such findings are named by the reason.
bool is_outage(const IncidentRecord& record, const std::string& kind) {
  return !record.findings.empty() && std::ranges::all_of(record.findings, [&](const Finding& f) {
    for (std::size_t i = 0; i < kReasonCount; ++i)
      if (f.code == kind + "_" + std::string(name_of(static_cast<Reason>(i)))) return true;
    return false;
  });
}

// The critical time that counts against use. An outage is not wrong use: it has the criterion
// `critical` with its own limit.
SpanSet misuse_of(const CheckTimeline& timeline, const SpanSet& critical) {
  std::vector<Span> outages;
  std::vector<Span> misuses;
  for (const TimedIncident& incident : timeline.incidents())
    if (incident.record.severity == Severity::critical)
      (is_outage(incident.record, timeline.kind_name()) ? outages : misuses)
          .push_back(incident.span);
  return critical - (SpanSet(std::move(outages)) - SpanSet(std::move(misuses)));
}

}  // namespace

CriterionResult evaluate_critical(const Evaluation& evaluation) {
  return evaluate_time(evaluation, "critical", evaluation.window.go_when.critical,
                       &CheckSummary::critical);
}

CriterionResult evaluate_warning(const Evaluation& evaluation) {
  return evaluate_time(evaluation, "warning",
                       evaluation.window.go_when.warning.value_or(Duration{}),
                       &CheckSummary::warning);
}

// Open until the end: a percentile can still fall.
CriterionResult evaluate_latency(const Evaluation& evaluation) {
  CriterionResult result;
  result.criterion = "latency";
  result.wanted = "p95 within each check's limit";
  double worst = -1;
  std::string unmeasured;
  for (std::size_t i = 0; i < evaluation.summaries.size(); ++i) {
    const CheckSummary& summary = evaluation.summaries[i];
    const auto limit =
        latency_limit(evaluation.window.go_when, summary, evaluation.timelines[i].kind());
    if (!limit) continue;
    const auto found = summary.result.latency.quantile(0.95);
    if (!found) unmeasured = summary.result.check;
    const double ratio = found ? *found / std::max(seconds(*limit), 1e-9) : -1;
    if (!found || ratio <= worst) continue;
    worst = ratio;
    result.check = summary.result.check;
    result.wanted = "p95 at most " + render_duration(*limit);
    result.found = render_value(*found, Unit::seconds) + worst_of(result.check);
    result.is_evidence_against = *found > seconds(*limit);
  }
  const bool is_missing = worst < 0 || !unmeasured.empty();
  if (is_missing && !result.is_evidence_against) {
    result.check = unmeasured;
    result.found = "not measured" + (unmeasured.empty() ? "" : " (" + unmeasured + ")");
  }
  if (!evaluation.is_over()) return result;
  const bool is_met = !is_missing && !result.is_evidence_against;
  result.state = is_met ? CriterionState::met : CriterionState::failed;
  if (result.is_evidence_against) result.failed_at = evaluation.span.end;
  return result;
}

CriterionResult evaluate_use(const Evaluation& evaluation) {
  CriterionResult result;
  result.criterion = "activity";
  result.wanted =
      "activity from " + join_words(evaluation.window.go_when.require) + " on every day";
  const auto completed = std::ranges::count_if(
      evaluation.days, [&](const Span& day) { return day.end <= evaluation.upto; });
  std::vector<Share> shares;
  std::ptrdiff_t most_missing = -1;
  for (std::size_t i = 0; i < evaluation.summaries.size(); ++i) {
    const std::string& check = evaluation.summaries[i].result.check;
    if (!must_show_use(evaluation, i)) continue;
    const SpanSet misuse = misuse_of(evaluation.timelines[i], evaluation.summaries[i].critical);
    add_shares(evaluation.timelines[i].incidents(), misuse, shares);
    const auto failed = misuse.exceeds(Duration{});
    if (failed && (!result.failed_at || *failed < *result.failed_at)) {
      result.failed_at = failed;
      result.check = check;
      result.found = "critical for " + render_duration(misuse.length()) + " (" + check + ")";
    }
    const auto missing = std::ssize(days_without_use(evaluation, i));
    if (result.failed_at || missing <= most_missing) continue;
    most_missing = missing;
    result.check = check;
    result.found = "seen on " + std::to_string(completed - missing) + " of " +
                   render_count(static_cast<double>(completed), "completed day") + " (" + check +
                   ")";
  }
  list_incidents(std::move(shares), result);
  result.is_evidence_against = result.failed_at.has_value();
  if (result.failed_at || most_missing > 0)
    result.state = CriterionState::failed;
  else if (evaluation.is_over())
    result.state = CriterionState::met;
  return result;
}

}  // namespace holdfast
