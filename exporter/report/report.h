// SPDX-License-Identifier: Apache-2.0
// A report as a value: the verdict, its reason, the next step; changes and upcoming events; each
// criterion; each check. Made once from evidence; the renderers only format it, so that all formats
// agree. External text is bounded here and escaped there. Pure, any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "exporter/report/status_timeline.h"
#include "exporter/window/results.h"

namespace holdfast {

/// Columns of one external text, such as a finding.
inline constexpr std::size_t kMaxReportSentence = 500;
/// Incidents shown for each check; the rest is counted.
inline constexpr std::size_t kMaxReportIncidents = 20;
/// Findings shown for each check; the rest is counted.
inline constexpr std::size_t kMaxReportFindings = 20;
/// Changes, and upcoming events.
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
  std::vector<WindowResult> windows;   ///< All; a window's report uses one.
  std::vector<CheckNow> now_checks{};  ///< Empty: upcoming events are unknown.
  WallTime now;
  std::string zone;  ///< Of times in texts; empty: the system's.
};
/// Returns the source of the last 24 hours, which callers may share for some seconds. Never null.
using GetOverview = std::function<std::shared_ptr<const ReportSource>()>;

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
  CheckResult result;  ///< Over the range.
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
  /// In a demonstration: older data is simulated. Empty where the range has none.
  std::optional<WallTime> replayed_until;
  /// Problems of the history, which may be incomplete.
  std::vector<Finding> history_findings;
  std::string zone;
  std::vector<std::string> changed;   ///< Since the day before, a sentence each.
  std::vector<std::string> upcoming;  ///< In the next 24 hours, a sentence each.
  std::vector<std::string> notices;   ///< Findings that need no action yet, a sentence each.
  bool knows_upcoming = false;        ///< False: there are no current readings.
  std::vector<CriterionResult> criteria;
  std::vector<ReportCheck> checks;
  std::vector<WindowResult> windows;  ///< Of the day's report: every window, for one line each.
  std::vector<WindowResult> earlier;  ///< Failed attempts of this window.
  std::vector<std::string> notes;     ///< Gaps, maintenance.
};

/// Reads the source of the daily report, or of the named window's, from the history, which guards
/// itself. The evidence begins a day before the report's range, for the comparison. Error: the
/// history cannot be read.
[[nodiscard]] Result<ReportSource> gather_report(const WindowSource& history, const Config& config,
                                                 const std::string& window, WallTime now);
/// The result of a check over `range`, computed as for a window.
[[nodiscard]] CheckResult sum_up(const CheckEvidence& check, const Evidence& evidence, Span range);
/// Every check of the evidence over `range`; only `names` where given.
[[nodiscard]] std::vector<ReportCheck> make_checks(const ReportSource& source, Span range,
                                                   const std::vector<std::string>& names);
/// The daily health check of the 24 hours before `source.now`. Critical: a check is critical now.
/// Unknown: a check is unknown now, or has data for less than half of the day. Warning: a check is
/// in warning now, had an incident, or lacks some data.
[[nodiscard]] Report make_day_report(const ReportSource& source);
/// The report of the window of that name; nothing when `source.windows` has none.
[[nodiscard]] std::optional<Report> make_window_report(const ReportSource& source,
                                                       const std::string& window);

/// Plain text. `colours`: the verdict and the states in ANSI colours.
[[nodiscard]] std::string render_report_text(const Report& report, bool colours);
/// Markdown for chats and tickets.
[[nodiscard]] std::string render_report_markdown(const Report& report);
/// One self-contained page: no scripts, no external resources.
[[nodiscard]] std::string render_report_html(const Report& report);
/// JSON: one object, see json.cpp for its fields.
[[nodiscard]] std::string render_report_json(const Report& report);
/// In the format of that name: text, markdown, html or json.
[[nodiscard]] std::string render_report(const Report& report, const std::string& format);

}  // namespace holdfast
