// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/window/by_hand.h"

#include <algorithm>
#include <stdexcept>

namespace holdfast::testing {

Span span_of(Duration from, Duration until) { return {kStart + from, kStart + until}; }

CheckEvidence evidence_of(std::string check, const std::vector<Readings>& readings,
                          std::string kind) {
  CheckEvidence out;
  out.check = std::move(check);
  out.kind = std::move(kind);
  for (const Readings& one : readings)
    out.spans.push_back({span_of(one.from, one.until), one.raw, one.confirmed.value_or(one.raw)});
  return out;
}

IncidentRecord incident_of(Severity severity, Duration since, std::optional<Duration> until,
                           std::string text) {
  IncidentRecord out;
  out.severity = severity;
  out.since = kStart + since;
  if (until) out.until = kStart + *until;
  out.findings.push_back({"by_hand", severity, "", std::move(text)});
  return out;
}

WindowConfig short_window(std::vector<std::string> checks, Criteria criteria) {
  WindowConfig out;
  out.name = "short";
  out.length = std::chrono::seconds(1000);
  out.checks = std::move(checks);
  out.go_when = std::move(criteria);
  out.go_when.coverage = 0.9;
  return out;
}

Evidence evidence_until(Duration now, std::vector<CheckEvidence> checks) {
  Evidence out;
  out.range = span_of({}, now);
  out.checks = std::move(checks);
  return out;
}

WindowResult judge_by_hand(const WindowConfig& window, const Evidence& evidence) {
  return judge_window(window, kStart, evidence, evidence.range.end);
}

WindowResult judge_by_hand(const WindowConfig& window, Duration now,
                           std::vector<CheckEvidence> checks) {
  return judge_by_hand(window, evidence_until(now, std::move(checks)));
}

const CriterionResult& criterion_of(const WindowResult& result, std::string_view name) {
  const auto found = std::ranges::find(result.criteria, name, &CriterionResult::criterion);
  if (found == result.criteria.end()) throw std::logic_error("no such criterion");
  return *found;
}

}  // namespace holdfast::testing
