// SPDX-License-Identifier: Apache-2.0
// One attempt at a window, with the accounts of its checks, and the judges of each criterion. For
// window/*.cpp only. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/window/check_timeline.h"

namespace holdfast {

/// Maintenance over this share of a window leaves too little that was judged.
inline constexpr double kMaxMaintenance = 0.05;
/// Incidents told for one criterion: enough to see what made it.
inline constexpr std::size_t kMaxIncidentsBy = 20;

struct Evaluation {
  const WindowConfig& window;
  const std::vector<CheckTimeline>& timelines;  ///< In the order of `window.checks`.
  const NeedsUse& needs_use;
  Span span;      ///< From the start of the attempt to its end.
  WallTime upto;  ///< Judged so far: now, or the end.
  SpanSet maintenance;
  std::vector<Span> days;         ///< All of them; the last may be shorter.
  std::vector<Account> accounts;  ///< From the start to `upto`.

  [[nodiscard]] Duration elapsed() const { return upto - span.begin; }
  [[nodiscard]] Duration remaining() const { return span.end - upto; }
  [[nodiscard]] bool is_over() const { return upto >= span.end; }
};
[[nodiscard]] Evaluation make_evaluation(const WindowConfig& window,
                                         const std::vector<CheckTimeline>& timelines,
                                         const SpanSet& maintenance, const NeedsUse& needs_use,
                                         WallTime start, WallTime now);

/// A criterion, and since when it has been certain that it is broken by evidence against.
struct Ruling {
  CriterionResult result;
  std::optional<WallTime> broken_at;
};
/// All criteria that are judged, proof of use first: who uses the wrong database comes before how
/// well the right one does.
[[nodiscard]] std::vector<Ruling> rule(const Evaluation& evaluation);

/// The single ones.
[[nodiscard]] Ruling rule_use(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_critical(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_warning(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_latency(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_ratios(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_coverage(const Evaluation& evaluation);
[[nodiscard]] Ruling rule_maintenance(const Evaluation& evaluation);

/// Whether that finished day lacks a proof of use by that check.
[[nodiscard]] bool lacks_use(const Evaluation& evaluation, std::size_t check, const Span& day);

/// When missing evidence could be there.
struct EarliestEnd {
  WallTime end;
  bool by_a_new_start = false;  ///< Else by a greater length.
};
/// The earliest end of an attempt that still could have all its evidence, if from `now` on all is
/// seen; empty when none could. `maintenance`: all that was declared.
[[nodiscard]] std::optional<EarliestEnd> earliest_completion(const Evaluation& evaluation,
                                                             const SpanSet& maintenance,
                                                             WallTime now);

}  // namespace holdfast
