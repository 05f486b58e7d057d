// SPDX-License-Identifier: Apache-2.0
// How one check stood, as sets of moments: what was seen, when it was critical or warning by a
// confirmed incident, dated back to its first sign. Made once of the evidence, then asked for any
// span. The evidence outlives it; const members may be called from any thread.
//
// The time of an incident goes from its first bad reading to the end of its last one's standing,
// and counts only where a reading stood that saw something. Steps are the ground; records add what
// steps cannot show (a warning behind a blindness, steps that are pruned), never the same moment
// twice. `host_down` is critical time of what runs on this host, and is not coverage.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/window/span_set.h"
#include "exporter/window/window.h"

namespace holdfast {

inline constexpr Duration kDay = std::chrono::hours(24);

/// An incident or a gap, with the moments it stands for.
struct Trouble {
  Span span;
  IncidentRecord record;  ///< Of a gap: made up, so that reports need to know only one thing.
};

/// How a check stood in a span, outside of maintenance.
struct Account {
  SpanSet covered;
  SpanSet critical;
  SpanSet warning;
  CheckResult result;
};

/// The moments that count for nothing: each stretch from its declaration on, however far back it
/// reaches.
[[nodiscard]] SpanSet maintenance_of(const Evidence& evidence);
/// The days of a span, of 24 hours from its begin; the last may be shorter.
[[nodiscard]] std::vector<Span> days_of(Span span);

class CheckTimeline {
 public:
  /// Nothing of `known_until` or later is looked at.
  CheckTimeline(const CheckEvidence& evidence, const std::vector<Gap>& gaps, WallTime known_until);

  /// `days`: spans in which a proof of use is counted once each.
  [[nodiscard]] Account account(Span span, const SpanSet& maintenance,
                                const std::vector<Span>& days) const;
  [[nodiscard]] const std::string& check() const { return evidence_->check; }
  [[nodiscard]] const std::string& kind() const { return evidence_->kind; }
  /// Whether a reading proved use in `span`.
  [[nodiscard]] bool shows_use(Span span) const;
  /// Whole incidents, holes without data included; one that is open reaches to the end of time.
  [[nodiscard]] const SpanSet& critical_incidents() const { return critical_incidents_; }
  [[nodiscard]] const SpanSet& incidents() const { return incidents_; }
  /// The first of the bad readings at the end that are neither confirmed nor taken back.
  [[nodiscard]] std::optional<WallTime> unsettled() const { return unsettled_; }
  /// Incidents of the target and, for what runs on this host, the times it was down.
  [[nodiscard]] const std::vector<Trouble>& troubles() const { return troubles_; }
  /// Incidents of blindness and gaps.
  [[nodiscard]] const std::vector<Trouble>& losses() const { return losses_; }

 private:
  void take_steps(const std::vector<StatusSpan>& steps, WallTime known_until);
  void take_records(const std::vector<StatusSpan>& steps, WallTime known_until);
  void take_gaps(const std::vector<Gap>& gaps, WallTime known_until);

  const CheckEvidence* evidence_;
  SpanSet data_;   // A reading stood.
  SpanSet seen_;   // And it saw something.
  SpanSet blind_;  // It saw nothing, or blindness was confirmed.
  SpanSet critical_;
  SpanSet trouble_;  // Warning or critical.
  SpanSet critical_incidents_;
  SpanSet incidents_;
  std::optional<WallTime> unsettled_;
  std::vector<Trouble> troubles_;
  std::vector<Trouble> losses_;
};

}  // namespace holdfast
