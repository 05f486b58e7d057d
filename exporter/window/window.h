// SPDX-License-Identifier: Apache-2.0
// From evidence to verdict (design, Judgement). Pure: the same evidence gives the same verdict.
// Missing data never counts towards go. Plain values and functions, any thread.
#pragma once

#include <functional>
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

/// One criterion, of the check that keeps it worst.
struct CriterionResult {
  std::string criterion;  ///< use, critical, warning, latency, ratios, coverage, maintenance.
  std::string check;      ///< The worst one; empty where it is about all.
  CriterionState state = CriterionState::open;
  bool is_evidence_against =
      false;           ///< When failed: no_go; else evidence is missing: inconclusive.
  std::string wanted;  ///< For a person: "at least 99 %".
  std::string found;   ///< For a person: "97.3 % (services)".
  /// The incidents that made it, of any check; bounded, the longest part in the window first. A
  /// gap stands here as a record with one finding named by its cause ("host_down").
  std::vector<IncidentRecord> by;
  std::size_t by_left_out = 0;
};

/// How one check stood in the window so far.
struct CheckResult {
  std::string check;
  std::string kind;
  double coverage = 0;  ///< (ok + warning + critical) ÷ (elapsed − maintenance); 0 of nothing.
  Duration critical{};  ///< Confirmed, and for pm2 host_down; warning does not include it.
  Duration warning{};
  Duration blind{};               ///< Readings that were unknown.
  Duration no_data{};             ///< No reading stood.
  Duration maintenance{};         ///< Declared.
  std::size_t days_with_use = 0;  ///< Days of the window, from its start, with a proof of use.
  Distribution latency;           ///< Of the hours that touch the window.
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
  std::vector<LimitChange> changes;   ///< Of this window and its checks, during it.
  std::vector<WindowResult> earlier;  ///< Attempts that ended in no_go and were started again.
  std::size_t earlier_left_out = 0;   ///< Only the last kMaxEarlier are told.
};
/// A window that fails every hour has had 168 attempts in a week.
inline constexpr std::size_t kMaxEarlier = 20;

/// Whether a check must show use on that day of a window (24 hours from its start); without one
/// it must on every day.
using NeedsUse = std::function<bool(const std::string& check, const Span& day)>;

/// Judges the window at `now` on `evidence`, which reaches from the first start to `now` or more.
/// `first_start`: as configured, or for a window with `start: now` when it was first seen.
/// Where evidence of the minutes behind the end is there, it confirms what began before the end.
[[nodiscard]] WindowResult judge_window(const WindowConfig& window, WallTime first_start,
                                        const Evidence& evidence, WallTime now,
                                        const NeedsUse& needs_use = nullptr);
/// The configured start; empty for `now`.
[[nodiscard]] std::optional<WallTime> configured_start(const WindowConfig& window);
/// The evidence a window needs at `now`: from its first start to an hour behind its end (of a
/// window that starts again: to `now`).
[[nodiscard]] Span evidence_range(const WindowConfig& window, WallTime first_start, WallTime now);

}  // namespace holdfast
