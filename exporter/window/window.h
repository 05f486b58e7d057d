// SPDX-License-Identifier: Apache-2.0
// From evidence to verdict. Pure: the same evidence gives the same verdict. Missing data never
// counts towards go. Plain values and functions, any thread.
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

/// `met`: holds whatever still happens. `open`: not decided. `failed`: can no longer hold.
enum class CriterionState : std::uint8_t { met, open, failed };
[[nodiscard]] std::string_view name_of(CriterionState state);
/// As reports and pages show it: "met", "pending" (open), "failed".
[[nodiscard]] std::string_view word_of(CriterionState state);

/// One criterion, with the result of its worst check.
struct CriterionResult {
  std::string criterion;  ///< activity, critical, warning, latency, ratios, coverage, maintenance.
  std::string check;      ///< The worst one; empty where it is about the whole window.
  CriterionState state = CriterionState::open;
  /// When failed: whether there is evidence against (no_go), or evidence is missing (inconclusive).
  bool is_evidence_against = false;
  std::optional<WallTime> failed_at;  ///< Since when evidence against exceeds the limit.
  std::string wanted;                 ///< For people: "at least 99 %".
  std::string found;                  ///< For people: "97.3 % (worst: services)".
  /// The incidents that count in it, of any check; bounded, the longest part in the window first.
  /// A gap is a record with one finding named by its cause ("host_down").
  std::vector<IncidentRecord> by;
  std::size_t by_left_out = 0;
};
/// The criterion's name in texts: "critical time".
[[nodiscard]] std::string_view title_of(const CriterionResult& criterion);

/// One check in the window so far.
struct CheckResult {
  std::string check;
  std::string kind;
  double coverage = 0;  ///< (ok + warning + critical) ÷ (elapsed − maintenance); 0 of nothing.
  Duration critical{};  ///< Confirmed, and host_down where it counts; not in `warning`.
  Duration warning{};
  Duration unknown_time{};        ///< The valid reading was unknown.
  Duration no_data{};             ///< No reading was valid.
  Duration maintenance{};         ///< Declared.
  std::size_t days_with_use = 0;  ///< Days of the window, from its start, with a proof of use.
  Distribution latency;           ///< Of the hours that touch the window.
};

/// One attempt at the window; with `on_no_go: restart` there may be several.
struct WindowResult {
  std::string name;
  Verdict verdict = Verdict::pending;
  Span span;              ///< Start and end of this attempt.
  WallTime judged_at;     ///< Evidence up to here, or to the end.
  std::size_t day = 0;    ///< From 1; 0 while pending.
  std::size_t days = 0;   ///< In the length; the last may be shorter.
  std::string why;        ///< One sentence: what decides it.
  std::string what_next;  ///< One sentence: what the operator does now.
  /// When inconclusive: when the missing evidence could be complete at the earliest.
  std::optional<WallTime> earliest_end;
  std::vector<CriterionResult> criteria;
  std::vector<CheckResult> checks;
  std::vector<LimitChange> changes;   ///< Of this window and its checks, during it.
  std::vector<WindowResult> earlier;  ///< Attempts that ended in no_go and were restarted.
  std::size_t earlier_left_out = 0;   ///< Only the last kMaxEarlier are listed.
};
/// A window that fails every hour has had 168 attempts in a week.
inline constexpr std::size_t kMaxEarlier = 20;

/// Whether a check must show use on that day of a window (24 hours from its start); null: always.
using NeedsUse = std::function<bool(const std::string& check, const Span& day)>;
/// The kind of that name, or null; tests bring their own.
using KindLookup = const Kind* (*)(std::string_view name);

/// Judges the window at `now` on `evidence`, which reaches from the first start to `now` or later.
/// `first_start`: as configured, or for a window with `start: now` when it was first seen.
/// Evidence of the minutes after the end confirms or clears what began before the end.
[[nodiscard]] WindowResult judge_window(const WindowConfig& window, WallTime first_start,
                                        const Evidence& evidence, WallTime now,
                                        const NeedsUse& needs_use = nullptr,
                                        KindLookup kinds = find_kind);
/// "99.98 %": rounded down to hundredths of a percent, so that 98.996 % is not 99 %.
[[nodiscard]] std::string render_share(double share);
/// The configured start; empty for `now`.
[[nodiscard]] std::optional<WallTime> configured_start(const WindowConfig& window);
/// The evidence a window needs at `now`: from its first start to an hour after its end, or to `now`
/// for a window that restarts.
[[nodiscard]] Span evidence_range(const WindowConfig& window, WallTime first_start, WallTime now);

}  // namespace holdfast
