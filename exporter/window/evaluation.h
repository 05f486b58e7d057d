// SPDX-License-Identifier: Apache-2.0
// One attempt at a window with the summaries of its checks, and the evaluation of each criterion.
// For window/*.cpp only. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/window/check_timeline.h"

namespace holdfast {

/// With a larger share of maintenance too little of a window is left to judge.
inline constexpr double kMaxMaintenance = 0.05;
/// Incidents listed for one criterion: enough to see what caused it.
inline constexpr std::size_t kMaxIncidentsBy = 20;

struct Evaluation {
  const WindowConfig& window;
  const std::vector<CheckTimeline>& timelines;  ///< In the order of `window.checks`.
  const NeedsUse& needs_use;
  Span span;      ///< From the start of the attempt to its end.
  WallTime upto;  ///< Judged so far: now, or the end.
  SpanSet maintenance;
  std::vector<Span> days;               ///< All of them; the last may be shorter.
  std::vector<CheckSummary> summaries;  ///< From the start to `upto`, in the order of `timelines`.

  [[nodiscard]] Duration elapsed() const { return upto - span.begin; }
  [[nodiscard]] Duration remaining() const { return span.end - upto; }
  [[nodiscard]] bool is_over() const { return upto >= span.end; }
};
[[nodiscard]] Evaluation make_evaluation(const WindowConfig& window,
                                         const std::vector<CheckTimeline>& timelines,
                                         const SpanSet& maintenance, const NeedsUse& needs_use,
                                         WallTime start, WallTime now);

/// All configured criteria, use first: a wrong database in use matters more than how well the right
/// one works.
[[nodiscard]] std::vector<CriterionResult> evaluate_criteria(const Evaluation& evaluation);

[[nodiscard]] CriterionResult evaluate_use(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_critical(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_warning(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_latency(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_ratios(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_coverage(const Evaluation& evaluation);
[[nodiscard]] CriterionResult evaluate_maintenance(const Evaluation& evaluation);

/// The completed days that lack the proof of use they need from that check, counted from 0.
[[nodiscard]] std::vector<std::size_t> days_without_use(const Evaluation& evaluation,
                                                        std::size_t check);
/// Whether that check must show use on every day.
[[nodiscard]] bool must_show_use(const Evaluation& evaluation, std::size_t check);

/// The part of an incident that counts in a criterion.
struct Share {
  Duration time;
  const IncidentRecord* record;
};
/// Lists them in the criterion: bounded, the longest part first.
void list_incidents(std::vector<Share> shares, CriterionResult& out);

/// When missing evidence could be complete.
struct EarliestEnd {
  WallTime end;
  bool needs_new_start = false;  ///< Else a greater length is enough.
};
/// The earliest end of an attempt that can still be complete if nothing is missed from `now` on;
/// empty when none can. `maintenance`: all that was declared.
[[nodiscard]] std::optional<EarliestEnd> earliest_end(const Evaluation& evaluation,
                                                      const SpanSet& maintenance, WallTime now);

}  // namespace holdfast
