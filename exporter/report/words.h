// SPDX-License-Identifier: Apache-2.0
// The words all formats of a report share: times in a person's zone, incidents as sentences,
// foreign text made fit to show. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// What stands where there is nothing to tell.
inline constexpr std::string_view kNothingChanged = "Nothing changed that is worth a line.";
inline constexpr std::string_view kNothingComes = "Nothing is known to expire.";
inline constexpr std::string_view kNotChecked = "Not known: nobody looked for this report.";

/// "23 Nov 09:00", in the zone.
[[nodiscard]] std::string render_time(WallTime at, const std::string& zone);
/// "Mon 23 Nov".
[[nodiscard]] std::string render_day(WallTime at, const std::string& zone);
/// "23 Nov 2026 09:00", and the zone where the machine has to say one.
[[nodiscard]] std::string render_full(WallTime at, const std::string& zone);
/// "22 Nov 12:03 to 12:07", with the second day where it is another.
[[nodiscard]] std::string render_span(Span span, const std::string& zone);
/// "2026-11-23T09:00:00Z", for programs.
[[nodiscard]] std::string render_utc(WallTime at);

/// That all before was made up for a demonstration: one sentence that no reader may miss.
[[nodiscard]] std::string render_replayed(WallTime until, const std::string& zone);

/// The codes of what stands against the history itself, which belongs to no check.
inline constexpr std::string_view kHistoryNotKept = "history_not_kept";
inline constexpr std::string_view kHistorySetAside = "history_set_aside";
inline constexpr std::string_view kHistorySilent = "history_silent";
/// What stands against the history that `range` was read of; `range` ends now.
[[nodiscard]] std::vector<Finding> history_findings(const HistoryTrouble& trouble, Span range,
                                                    const std::string& zone);

/// A foreign text, bounded to kMaxReportSentence columns and without control characters.
[[nodiscard]] std::string shown(std::string_view text);
/// A foreign name, bounded to 64 columns.
[[nodiscard]] std::string shown_name(std::string_view text);
/// "no-go" for people where programs say "no_go".
[[nodiscard]] std::string render_word(std::string_view word);

/// "services was critical from 22 Nov 12:03 to 12:07 (4 min 2 s): ai-admin-api is stopped."
[[nodiscard]] std::string render_incident(const IncidentRecord& incident, WallTime now,
                                          const std::string& zone);
/// "99.98 %"; never rounded up to 100 %.
[[nodiscard]] std::string render_share(double ratio);
/// "covered 99.9 %, critical 4 min, warning 0 s", and what else is worth saying.
[[nodiscard]] std::string render_standing(const CheckResult& stood);
/// The colour of a state or verdict.
[[nodiscard]] Status tone_of(CriterionState state);
[[nodiscard]] Status tone_of(Verdict verdict);
/// "3 findings are left out."
[[nodiscard]] std::string render_left_out(std::size_t count, std::string_view noun);

}  // namespace holdfast
