// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/report.h"

#include <algorithm>

#include "exporter/report/build.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

constexpr Duration kDay = std::chrono::hours(24);
/// A day of which less was seen is not called well.
constexpr double kSeenInPart = 0.99;
constexpr double kSeenHardly = 0.5;

Report begin_report(const ReportSource& source, ReportKind kind, Span range) {
  Report out;
  out.kind = kind;
  out.range = range;
  out.made_at = source.now;
  const auto& replayed = source.evidence.replayed_until;
  if (replayed && *replayed > range.begin) out.replayed_until = replayed;
  out.zone = source.zone;
  out.history_findings =
      history_findings(source.evidence.trouble, {range.begin, source.now}, source.zone);
  out.coming = render_coming(source);
  out.knows_what_comes = !source.now_checks.empty();
  out.notes = render_notes(source, range);
  return out;
}

std::string names_of(const std::vector<const ReportCheck*>& checks) {
  constexpr std::size_t kMaxNames = 5;
  std::string out;
  for (std::size_t i = 0; i < checks.size() && i < kMaxNames; ++i)
    out += (i == 0                   ? ""
            : i + 1 == checks.size() ? " and "
                                     : ", ") +
           shown_name(checks[i]->stood.check);
  if (checks.size() > kMaxNames)
    out += " and " + std::to_string(checks.size() - kMaxNames) + " more";
  return out;
}

template <class Predicate>
std::vector<const ReportCheck*> those(const Report& report, const Predicate& is_so) {
  std::vector<const ReportCheck*> out;
  for (const ReportCheck& check : report.checks)
    if (is_so(check)) out.push_back(&check);
  return out;
}

/// "services is critical: ai-admin-api is stopped."
std::string render_worst(const std::vector<const ReportCheck*>& checks, std::string_view state) {
  std::string out = names_of(checks) + (checks.size() == 1 ? " is " : " are ") + std::string(state);
  const auto& findings = checks.front()->findings;
  if (!findings.empty()) out += ": " + shown(findings.front().text);
  return out.ends_with('.') ? out : out + ".";
}

void settle(Report& report, Status tone, std::string why, std::string what_next) {
  report.tone = tone;
  report.verdict = name_of(tone);
  report.exit_code = tone == Status::ok         ? 0
                     : tone == Status::warning  ? 1
                     : tone == Status::critical ? 2
                                                : 3;
  report.why = std::move(why);
  report.what_next = std::move(what_next);
}

void judge_now(Report& report, Status status) {
  const auto bad = those(report, [&](const auto& check) { return check.status == status; });
  const std::string look = "Run holdfast explain " + shown_name(bad.front()->stood.check) +
                           " to see each step, and fix what it names.";
  if (status != Status::unknown) {
    settle(report, status, render_worst(bad, name_of(status)), look);
    return;
  }
  settle(report, status,
         names_of(bad) + (bad.size() == 1 ? " was" : " were") +
             " not seen: nothing can be said of " + (bad.size() == 1 ? "it." : "them."),
         "See that the daemon runs (systemctl status holdfast). " + look);
}

/// The day's verdict: what is so now rules; what is over is a warning at most.
void judge_day(Report& report) {
  for (const Status status : {Status::critical, Status::unknown, Status::warning}) {
    const auto is_so = [&](const auto& check) { return check.status == status; };
    if (std::ranges::any_of(report.checks, is_so)) return judge_now(report, status);
  }
  const auto hardly =
      those(report, [](const auto& check) { return check.stood.coverage < kSeenHardly; });
  if (!hardly.empty())
    return settle(report, Status::unknown,
                  "Of " + names_of(hardly) + " less than half of the day was seen.",
                  "Let Holdfast run a whole day; the notes below tell why it did not.");
  if (!report.history_findings.empty())
    return settle(report, Status::warning,
                  "All that was seen is well, but " +
                      std::string(report.history_findings.front().code == kHistorySetAside
                                      ? "a part of the history was lost."
                                      : "the history may not have all of it."),
                  "Fix what is said of the history; the daemon's log tells more.");
  const auto hurt = those(report, [](const auto& check) { return !check.incidents.empty(); });
  if (!hurt.empty())
    return settle(report, Status::warning,
                  "All is well now, but " + names_of(hurt) + (hurt.size() == 1 ? " was" : " were") +
                      " not within these 24 hours.",
                  "Read the incidents below, and see that they will not come back.");
  const auto in_part =
      those(report, [](const auto& check) { return check.stood.coverage < kSeenInPart; });
  if (!in_part.empty())
    return settle(report, Status::warning,
                  "All is well, but of " + names_of(in_part) + " only " +
                      render_share(in_part.front()->stood.coverage) + " of the day was seen.",
                  "Nothing to fix; the notes below tell when nobody looked.");
  settle(report, Status::ok,
         "All " + render_count(static_cast<double>(report.checks.size()), "check") +
             " held for 24 hours.",
         "Nothing.");
}

int exit_code_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::go:
      return 0;
    case Verdict::no_go:
      return 2;
    case Verdict::inconclusive:
      return 3;
    case Verdict::pending:
    case Verdict::in_progress:
      break;
  }
  return 1;
}

}  // namespace

Report make_day_report(const ReportSource& source) {
  const Span range{source.now - kDay, source.now};
  Report out = begin_report(source, ReportKind::day, range);
  out.name = "day";
  out.title = "Daily health check";
  out.changed = render_changes(source, range);
  out.checks = make_checks(source, range, {});
  out.windows = source.windows;
  if (out.checks.empty())
    settle(out, Status::unknown, "The history knows of no check.",
           "See that the daemon runs and that history.path is configured.");
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
  // A window's "what changed" is of its last day, as its reader looks at it daily.
  const WallTime end = std::max(range.begin, range.end);
  out.changed = render_changes(source, {end - kDay, end});
  std::vector<std::string> names;
  for (const CheckResult& check : result.checks) names.push_back(check.check);
  if (range.end > range.begin && !names.empty()) out.checks = make_checks(source, range, names);
  // The judge's own sums: the report shows what the verdict stands on.
  for (ReportCheck& check : out.checks) {
    const auto stood = std::ranges::find(result.checks, check.stood.check, &CheckResult::check);
    if (stood != result.checks.end()) check.stood = *stood;
  }
  return out;
}

}  // namespace holdfast
