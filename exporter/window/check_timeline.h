// SPDX-License-Identifier: Apache-2.0
// The status of one check over time, as sets of spans: when it was known, and when it was critical
// or warning by a confirmed incident. Built once from the evidence, which must outlive it, then
// queried for any span. Const members may be called from any thread.
//
// An incident lasts from its first bad reading until its last one is replaced or expires; only the
// time in which a reading with a known status was valid counts. Status spans come first; incident
// records add what the spans lack (a warning hidden by an unknown status, pruned spans) and never
// count time twice. `host_down` is critical time of a kind that runs on this host, not coverage.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/window/span_set.h"
#include "exporter/window/window.h"

namespace holdfast {

inline constexpr Duration kDay = std::chrono::hours(24);

/// An incident, or a gap in the form of one, and the time it takes.
struct TimedIncident {
  Span span;
  IncidentRecord record;
};

/// One check in a span, without maintenance.
struct CheckSummary {
  SpanSet covered;
  SpanSet critical;
  SpanSet warning;
  CheckResult result;
};

/// The time excluded from judgement: each maintenance from its declaration on.
[[nodiscard]] SpanSet maintenance_of(const Evidence& evidence);
/// The days of a span, of 24 hours from its begin; the last may be shorter.
[[nodiscard]] std::vector<Span> days_of(Span span);

class CheckTimeline {
 public:
  /// `kind` may be null: unknown. Evidence from `known_until` on is ignored.
  CheckTimeline(const CheckEvidence& evidence, const Kind* kind, const std::vector<Gap>& gaps,
                WallTime known_until);

  /// `days`: the spans counted in `CheckResult::days_with_use`.
  [[nodiscard]] CheckSummary summarize(Span span, const SpanSet& maintenance,
                                       const std::vector<Span>& days) const;
  [[nodiscard]] const std::string& check() const { return evidence_->check; }
  [[nodiscard]] const std::string& kind_name() const { return evidence_->kind; }
  [[nodiscard]] const Kind* kind() const { return kind_; }
  /// Whether a reading in `span` proved use.
  [[nodiscard]] bool shows_use(Span span) const;
  /// Incidents of the target and, for a kind that runs on this host, the times it was down.
  [[nodiscard]] const std::vector<TimedIncident>& incidents() const { return incidents_; }
  /// Incidents of unknown status, and gaps.
  [[nodiscard]] const std::vector<TimedIncident>& losses() const { return losses_; }
  /// From begin to end, time without data included; an open incident ends at WallTime::max().
  [[nodiscard]] const SpanSet& critical_incident_spans() const { return critical_incident_spans_; }
  [[nodiscard]] const SpanSet& incident_spans() const { return incident_spans_; }
  /// The first of the latest bad readings, while they are neither confirmed nor cleared.
  [[nodiscard]] std::optional<WallTime> unconfirmed_since() const { return unconfirmed_since_; }

 private:
  void add_spans(const std::vector<StatusSpan>& spans, WallTime known_until);
  void add_records(const std::vector<StatusSpan>& spans, WallTime known_until);
  void add_gaps(const std::vector<Gap>& gaps, WallTime known_until);

  const CheckEvidence* evidence_;
  const Kind* kind_;
  SpanSet data_;      // A reading was valid.
  SpanSet known_;     // Its status was known.
  SpanSet unknown_;   // Its status was unknown, or unknown was confirmed.
  SpanSet critical_;  // Confirmed.
  SpanSet degraded_;  // Warning or critical, confirmed.
  SpanSet critical_incident_spans_;
  SpanSet incident_spans_;
  std::optional<WallTime> unconfirmed_since_;
  std::vector<TimedIncident> incidents_;
  std::vector<TimedIncident> losses_;
};

}  // namespace holdfast
