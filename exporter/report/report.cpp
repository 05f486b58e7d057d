// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/report.h"

#include <algorithm>
#include <array>

#include "checks/support/text/columns.h"
#include "exporter/report/words.h"
#include "exporter/window/check_timeline.h"

namespace holdfast {
namespace {

/// With less coverage of the day the verdict is warning, or unknown.
constexpr double kFullCoverage = 0.99;
constexpr double kMinCoverage = 0.5;

Report begin_report(const ReportSource& source, ReportKind kind, Span range) {
  Report out;
  out.kind = kind;
  out.range = range;
  out.made_at = source.now;
  const auto& replayed = source.evidence.replayed_until;
  if (replayed && *replayed > range.begin) out.replayed_until = replayed;
  out.zone = source.zone;
  out.history_findings =
      history_findings(source.evidence.problems, {range.begin, source.now}, source.zone);
  out.upcoming = render_upcoming(source);
  out.notices = render_notices(source);
  out.knows_upcoming = !source.now_checks.empty();
  out.notes = render_notes(source, range);
  return out;
}

std::string names_of(const std::vector<const ReportCheck*>& checks) {
  constexpr std::size_t kMaxNames = 5;
  std::vector<std::string> names;
  for (const ReportCheck* check : checks)
    if (names.size() < kMaxNames) names.push_back(shown_name(check->result.check));
  if (checks.size() > kMaxNames)
    names.push_back(std::to_string(checks.size() - kMaxNames) + " more");
  return join_words(names);
}

template <class Predicate>
std::vector<const ReportCheck*> checks_where(const Report& report, const Predicate& is_so) {
  std::vector<const ReportCheck*> out;
  for (const ReportCheck& check : report.checks)
    if (is_so(check)) out.push_back(&check);
  return out;
}

/// "services is critical: ai-admin-api is stopped."
std::string render_worst(const std::vector<const ReportCheck*>& checks, Status status) {
  std::string out =
      names_of(checks) + (checks.size() == 1 ? " is " : " are ") + render_state(status);
  const auto& findings = checks.front()->findings;
  if (!findings.empty()) out += ": " + shown(findings.front().text);
  return out.ends_with('.') ? out : out + ".";
}

void set_verdict(Report& report, Status tone, std::string why, std::string what_next) {
  report.tone = tone;
  report.verdict = name_of(tone);
  static constexpr std::array kExitCodes{0, 1, 3, 2};  // In the order of Status.
  report.exit_code = kExitCodes.at(static_cast<std::size_t>(tone));
  report.why = std::move(why);
  report.what_next = std::move(what_next);
}

/// The day's verdict: the current status comes first; what is over is a warning at most.
void judge_day(Report& report) {
  for (const Status status : {Status::critical, Status::unknown, Status::warning}) {
    const auto bad =
        checks_where(report, [&](const auto& check) { return check.status == status; });
    if (bad.empty()) continue;
    const std::string explain = "Run 'holdfast explain " + shown_name(bad.front()->result.check) +
                                "' to see each step, then fix the cause.";
    if (status != Status::unknown)
      return set_verdict(report, status, render_worst(bad, status), explain);
    return set_verdict(report, status, "No current data for " + names_of(bad) + ".",
                       "Check that the daemon is running (systemctl status holdfast). " + explain);
  }
  const auto sparse =
      checks_where(report, [](const auto& check) { return check.result.coverage < kMinCoverage; });
  if (!sparse.empty())
    return set_verdict(report, Status::unknown,
                       "Less than half of the day has data for " + names_of(sparse) + ".",
                       "Let Holdfast run for a full day; the notes below list the gaps.");
  if (!report.history_findings.empty())
    return set_verdict(report, Status::warning,
                       std::string("All checks are ok, but ") +
                           (report.history_findings.front().code == kHistorySetAside
                                ? "part of the history was lost."
                                : "the history may be incomplete."),
                       "Fix the history problem shown above; the daemon's log has details.");
  const auto recovered =
      checks_where(report, [](const auto& check) { return !check.incidents.empty(); });
  if (!recovered.empty())
    return set_verdict(report, Status::warning,
                       "All checks are ok now, but " + names_of(recovered) +
                           " had incidents in the last 24 hours.",
                       "Review the incidents below and fix their causes.");
  const auto partial =
      checks_where(report, [](const auto& check) { return check.result.coverage < kFullCoverage; });
  if (!partial.empty())
    return set_verdict(report, Status::warning,
                       "All checks are ok, but only " +
                           render_share(partial.front()->result.coverage) +
                           " of the day has data for " + names_of(partial) + ".",
                       "Nothing to fix; the notes below list the gaps.");
  set_verdict(report, Status::ok,
              "All " + render_count(static_cast<double>(report.checks.size()), "check") +
                  " have been ok for 24 hours.",
              "Nothing to do.");
}

int exit_code_of(Verdict verdict) {
  if (verdict == Verdict::go) return 0;
  if (verdict == Verdict::no_go) return 2;
  return verdict == Verdict::inconclusive ? 3 : 1;
}

}  // namespace

Result<ReportSource> gather_report(const WindowSource& history, const Config& config,
                                   const std::string& window, WallTime now) {
  auto windows = make_window_results(config, history, now);
  if (!windows) return windows.error();
  Span range{now - 2 * kDay, now};
  for (const WindowResult& result : *windows)
    if (result.name == window) range.begin = std::min(range.begin, result.span.begin - kDay);
  std::vector<std::string> checks;
  for (const CheckConfig& check : config.checks) checks.push_back(check.name);
  auto evidence = history.evidence(range, checks);
  if (!evidence) return evidence.error();
  return ReportSource{.evidence = std::move(*evidence),
                      .windows = std::move(*windows),
                      .now = now,
                      .zone = config.timezone};
}

Report make_day_report(const ReportSource& source) {
  const Span range{source.now - kDay, source.now};
  Report out = begin_report(source, ReportKind::day, range);
  out.name = "day";
  out.title = "Daily health check";
  out.changed = render_changes(source, range);
  out.checks = make_checks(source, range, {});
  out.windows = source.windows;
  if (out.checks.empty())
    set_verdict(out, Status::unknown, "The history has no data for any check.",
                "Check that the daemon is running and that history.path is configured.");
  else
    judge_day(out);
  return out;
}

std::optional<Report> make_window_report(const ReportSource& source, const std::string& window) {
  const auto found = std::ranges::find(source.windows, window, &WindowResult::name);
  if (found == source.windows.end()) return std::nullopt;
  const WindowResult& result = *found;
  const Span range{result.span.begin, std::min(result.span.end, source.now)};
  Report out = begin_report(source, ReportKind::window, range);
  out.name = result.name;
  out.title = "Stability window " + result.name;
  if (result.day > 0)
    out.title += ", day " + std::to_string(result.day) + " of " + std::to_string(result.days);
  out.verdict = name_of(result.verdict);
  out.tone = tone_of(result.verdict);
  out.exit_code = exit_code_of(result.verdict);
  out.why = result.why;
  out.what_next = result.what_next;
  out.criteria = result.criteria;
  out.earlier = result.earlier;
  if (result.earlier_left_out > 0)
    out.notes.push_back(render_left_out(result.earlier_left_out, "earlier attempt"));
  // Changes of the last day only: a window's report is read daily.
  const WallTime end = std::max(range.begin, range.end);
  out.changed = render_changes(source, {end - kDay, end});
  std::vector<std::string> names;
  for (const CheckResult& check : result.checks) names.push_back(check.check);
  if (range.end > range.begin && !names.empty()) out.checks = make_checks(source, range, names);
  // The figures that the verdict is based on.
  for (ReportCheck& check : out.checks) {
    const auto judged = std::ranges::find(result.checks, check.result.check, &CheckResult::check);
    if (judged != result.checks.end()) check.result = *judged;
  }
  return out;
}

std::string render_report(const Report& report, const std::string& format) {
  if (format == "html") return render_report_html(report);
  if (format == "markdown") return render_report_markdown(report);
  return format == "json" ? render_report_json(report) : render_report_text(report, false);
}

}  // namespace holdfast
