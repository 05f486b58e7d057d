// SPDX-License-Identifier: Apache-2.0
// From evidence to verdict (design, Judgement). Pure: the same evidence gives the same verdict.
// Missing data never counts towards go. Plain values and functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/history/evidence.h"

namespace holdfast {

enum class Verdict : std::uint8_t { pending, in_progress, go, no_go, inconclusive };
[[nodiscard]] std::string_view name_of(Verdict verdict);

/// `met`: holds whatever still comes. `open`: not decided. `failed`: cannot hold any more.
enum class CriterionState : std::uint8_t { met, open, failed };
[[nodiscard]] std::string_view name_of(CriterionState state);

/// One criterion, for one check where it is about one.
struct CriterionResult {
  std::string criterion;  ///< coverage, critical, warning, latency, ratios, use, maintenance.
  std::string check;      ///< The worst one; empty where it is about all.
  CriterionState state = CriterionState::open;
  bool is_evidence_against =
      false;                       ///< When failed: no_go; else evidence is missing: inconclusive.
  std::string wanted;              ///< For a person: "at least 99 %".
  std::string found;               ///< For a person: "97.3 % (services)".
  std::vector<IncidentRecord> by;  ///< The incidents that made it; bounded, the longest first.
};

/// How one check stood in the window so far.
struct CheckResult {
  std::string check;
  std::string kind;
  double coverage = 0;  ///< (ok + warning + critical) ÷ (elapsed − maintenance); 0 of nothing.
  Duration critical{};  ///< Confirmed; warning does not include it.
  Duration warning{};
  Duration blind{};        ///< Readings that were unknown.
  Duration no_data{};      ///< No reading stood.
  Duration maintenance{};  ///< Declared.
  std::size_t days_with_use = 0;
  Distribution latency;
};

/// One try at the window; `on_no_go: restart` may have made several.
struct WindowResult {
  std::string name;
  Verdict verdict = Verdict::pending;
  Span span;              ///< Start and end of this attempt.
  WallTime judged_at;     ///< Evidence up to here, or to the end.
  std::size_t day = 0;    ///< From 1; 0 while pending.
  std::size_t days = 0;   ///< Begun days in the length.
  std::string why;        ///< One sentence: what decides it.
  std::string what_next;  ///< One sentence: what a person does now.
  /// For inconclusive: when the missing evidence could be there at the earliest.
  std::optional<WallTime> earliest_end;
  std::vector<CriterionResult> criteria;
  std::vector<CheckResult> checks;
  std::vector<WindowResult> earlier;  ///< Attempts that ended in no_go and were started again.
};

/// Judges the window at `now` on `evidence`, which reaches from the first start to `now` or more.
/// `first_start`: as configured, or for a window with `start: now` when it was first seen.
[[nodiscard]] WindowResult judge_window(const WindowConfig& window, WallTime first_start,
                                        const Evidence& evidence, WallTime now);

}  // namespace holdfast
