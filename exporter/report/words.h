// SPDX-License-Identifier: Apache-2.0
// Text that all report formats share: local times, changes, events and incidents as sentences,
// sanitized external text. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// The texts of empty sections.
inline constexpr std::string_view kNoChanges = "No notable changes.";
inline constexpr std::string_view kNoEvents = "No upcoming events.";
inline constexpr std::string_view kNotChecked = "Unknown: the checks were not run for this report.";
inline constexpr std::string_view kNoChecks = "No check has data for this period.";

/// "2 critical, 1 warning, 4 ok"; "no checks" for none.
[[nodiscard]] std::string render_statuses(const std::vector<Status>& statuses);

/// "23 Nov 09:00", in the zone.
[[nodiscard]] std::string render_time(WallTime at, const std::string& zone);
/// "23 Nov 2026 09:00 (Europe/Kyiv)"; without the zone where `zone` is empty.
[[nodiscard]] std::string render_full(WallTime at, const std::string& zone);
/// "22 Nov 12:03 to 12:07", with the second date where it differs.
[[nodiscard]] std::string render_span(Span span, const std::string& zone);
/// "day 3 of 7, 21 Nov 09:00 to 28 Nov 09:00".
[[nodiscard]] std::string render_when(const WindowResult& window, const std::string& zone);
/// RFC 3339: "2026-11-23T09:00:00Z".
[[nodiscard]] std::string render_utc(WallTime at);

/// The notice of a demonstration: data before `until` is simulated.
[[nodiscard]] std::string render_replayed(WallTime until, const std::string& zone);

/// What differs from the period of the same length before `range`.
[[nodiscard]] std::vector<std::string> render_changes(const ReportSource& source, Span range);
/// What will happen in the 24 hours from now: expiries, windows that begin or end.
[[nodiscard]] std::vector<std::string> render_upcoming(const ReportSource& source);
/// Findings that announce a problem before it needs action: a certificate that expires in 29 days,
/// pre-keys that run low.
[[nodiscard]] std::vector<std::string> render_notices(const ReportSource& source);
/// The value of a sample's label; empty where it has none of that name.
[[nodiscard]] std::string label_of(const Sample& sample, std::string_view name);
/// Gaps with their causes, and maintenance.
[[nodiscard]] std::vector<std::string> render_notes(const ReportSource& source, Span range);

/// Codes of findings about the history itself, which belong to no check.
inline constexpr std::string_view kHistoryNotKept = "history_not_kept";
inline constexpr std::string_view kHistorySetAside = "history_set_aside";
inline constexpr std::string_view kHistorySilent = "history_silent";
/// What is wrong with the history that `range` was read from; `range` ends now.
[[nodiscard]] std::vector<Finding> history_findings(const HistoryProblems& problems, Span range,
                                                    const std::string& zone);

/// External text, bounded to kMaxReportSentence columns and without control characters.
[[nodiscard]] std::string shown(std::string_view text);
/// An external name, bounded to 64 columns.
[[nodiscard]] std::string shown_name(std::string_view text);
/// The display form of an identifier: "no-go" for "no_go".
[[nodiscard]] std::string render_word(std::string_view word);

/// The status after "is": "critical", "in warning state".
[[nodiscard]] std::string render_state(Status status);
/// "services was critical from 22 Nov 12:03 to 12:07 (4 min 2 s): ai-admin-api is stopped."
[[nodiscard]] std::string render_incident(const IncidentRecord& incident, WallTime now,
                                          const std::string& zone);
/// The sentences of incidents, then "3 more incidents not shown."
[[nodiscard]] std::vector<std::string> render_incidents(
    const std::vector<IncidentRecord>& incidents, std::size_t left_out, const Report& report);
/// "coverage 99.9 %, critical 4 min, warning 0 s", then whatever else is not zero.
[[nodiscard]] std::string render_result(const CheckResult& result);
/// `text` in the ANSI colour of the status, or unchanged.
[[nodiscard]] std::string coloured(const std::string& text, Status status, bool colours);
/// The colour of a criterion's state or a verdict, as a status.
[[nodiscard]] Status tone_of(CriterionState state);
[[nodiscard]] Status tone_of(Verdict verdict);
/// "3 more findings not shown."
[[nodiscard]] std::string render_left_out(std::size_t count, std::string_view noun);

}  // namespace holdfast
