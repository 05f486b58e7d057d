// SPDX-License-Identifier: Apache-2.0
// A report as a value: the verdict, why, what to do now; what changed and what comes; each
// criterion; each check. Made once from evidence, then only laid out by the renderers, so that all
// formats say the same. Foreign texts are bounded here and escaped there. Pure, any thread.
#pragma once

#include <string>
#include <vector>

#include "exporter/report/status_timeline.h"
#include "exporter/window/window.h"

namespace holdfast {

/// One sentence of foreign words: a finding of 10,000 characters must not bury the page.
inline constexpr std::size_t kMaxReportSentence = 500;
/// Incidents told for each check; the rest is counted. A thousand in a day is told as a thousand.
inline constexpr std::size_t kMaxReportIncidents = 20;
/// Findings told for each check.
inline constexpr std::size_t kMaxReportFindings = 20;
/// Sentences of what changed and of what comes, each.
inline constexpr std::size_t kMaxReportSentences = 30;

/// The latest reading of a check: from the status store in the daemon, from a run of its own on
/// the command line.
struct CheckNow {
  std::string check;
  const Kind* kind = nullptr;
  std::vector<Finding> findings{};
  std::vector<Sample> samples{};
};

/// All that a report is made of.
struct ReportSource {
  Evidence evidence;                   ///< From a day before the report's range to `now`.
  std::vector<WindowResult> windows;   ///< All of them; a window's report tells of one.
  std::vector<CheckNow> now_checks{};  ///< May be empty: then nothing is said of what comes.
  WallTime now;
  std::string zone;  ///< Times are told in this zone; empty: the system's.
};

/// One bar of a ReportNumber.
struct ReportBar {
  std::string label;
  double value = 0;
  double of = 0;  ///< The most it may be; 0: not limited.
};

/// A ReportNumber of a kind with its current values.
struct ReportBars {
  std::string title;
  std::vector<ReportBar> bars;
};

/// The latencies of one hour of a day, or one day of a longer range.
struct LatencyPoint {
  Span span;
  double p50 = 0;  ///< Seconds.
  double p95 = 0;
  double p99 = 0;
};

/// One check in a report.
struct ReportCheck {
  CheckResult stood;  ///< Over the range.
  Status status = Status::unknown;
  std::optional<WallTime> since;  ///< Since when, where the evidence shows it.
  std::vector<Finding> findings;
  std::size_t findings_left_out = 0;
  std::vector<IncidentRecord> incidents;  ///< The longest, in order of time.
  std::size_t incidents_left_out = 0;
  StatusTimeline timeline;
  std::vector<LatencyPoint> latency;
  std::vector<ReportBars> numbers;
};

enum class ReportKind : std::uint8_t { day, window };

struct Report {
  ReportKind kind = ReportKind::day;
  std::string name;     ///< "day", or the window's.
  std::string title;    ///< "Daily health check"
  std::string verdict;  ///< "critical", "no_go"
  Status tone = Status::unknown;
  int exit_code = 3;
  std::string why;
  std::string what_next;
  Span range;
  WallTime made_at;
  /// In a demonstration: what is older was made up. Empty where the range is all real.
  std::optional<WallTime> replayed_until;
  /// What stands against the history this is made of: it may not have all.
  std::vector<Finding> history_findings;
  std::string zone;
  std::vector<std::string> changed;  ///< Since the day before, a sentence each.
  std::vector<std::string> coming;   ///< In the next 24 hours, a sentence each.
  bool knows_what_comes = false;     ///< False: nobody looked.
  std::vector<CriterionResult> criteria;
  std::vector<ReportCheck> checks;
  std::vector<WindowResult> windows;  ///< Of the day's report: every window, for one line each.
  std::vector<WindowResult> earlier;  ///< Of a window's: attempts that failed.
  std::vector<std::string> notes;     ///< Gaps, maintenance, changed limits; what is left out.
};

/// The daily health check of the 24 hours before `source.now`. Critical or unknown: something is so
/// now. Warning: something is so now, or an incident stood in these 24 hours, or they were seen in
/// part only. Unknown: most of them was not seen.
[[nodiscard]] Report make_day_report(const ReportSource& source);
/// The report of the window of that name; nothing when `source.windows` has none.
[[nodiscard]] std::optional<Report> make_window_report(const ReportSource& source,
                                                       const std::string& window);

/// For a terminal. `colours`: the verdict and the states in ANSI colours.
[[nodiscard]] std::string render_report_text(const Report& report, bool colours);
/// For a chat or a ticket.
[[nodiscard]] std::string render_report_markdown(const Report& report);
/// One self-contained page with pictures: no script, nothing loaded from anywhere.
[[nodiscard]] std::string render_report_html(const Report& report);
/// For programs; the reference names the fields.
[[nodiscard]] std::string render_report_json(const Report& report);

}  // namespace holdfast
