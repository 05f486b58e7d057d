// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/verdict_text.h"

#include <algorithm>

#include "checks/support/text/columns.h"
#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

// Enough for any finding of ours; a longer one must not hide the verdict.
constexpr std::size_t kMaxFinding = 300;

// The worst finding of the longest incident.
std::string worst_finding(const CriterionResult& criterion) {
  if (criterion.by.empty() || criterion.by.front().findings.empty()) return {};
  const auto& findings = criterion.by.front().findings;
  const Finding& worst = *std::ranges::max_element(findings, {}, &Finding::severity);
  std::string text = plain_text(worst.text, kMaxFinding);
  if (text.empty()) return {};
  if (!text.ends_with('.') && !text.ends_with("…")) text += '.';
  return " " + text;
}

std::string render_time(const Evaluation& evaluation, const CriterionResult& criterion) {
  const auto summary = std::ranges::find(evaluation.summaries, criterion.check,
                                         [](const CheckSummary& one) { return one.result.check; });
  if (summary == evaluation.summaries.end()) return {};
  const bool is_warning = criterion.criterion == "warning";
  const std::string state =
      (is_warning ? " was in warning state for " : " was critical for ") +
      render_duration(is_warning ? summary->result.warning : summary->result.critical);
  if (criterion.criterion == "activity")
    return "Check " + criterion.check + ", which must show activity," + state;
  return "Check " + criterion.check + state + " (allowed: " + criterion.wanted + ")";
}

// The first completed day that lacks its use, counted from 1; 0 when there is none.
std::size_t first_day_without_use(const Evaluation& evaluation, const std::string& check) {
  for (std::size_t i = 0; i < evaluation.timelines.size(); ++i) {
    if (evaluation.timelines[i].check() != check) continue;
    const auto days = days_without_use(evaluation, i);
    return days.empty() ? 0 : days.front() + 1;
  }
  return 0;
}

// A main clause without its period.
std::string render_failure(const Evaluation& evaluation, const CriterionResult& criterion) {
  const std::string& name = criterion.criterion;
  if (name == "critical" || name == "warning" ||
      (name == "activity" && criterion.is_evidence_against))
    return render_time(evaluation, criterion);
  if (name == "activity")
    return "No activity was recorded by check " + criterion.check + " on day " +
           std::to_string(first_day_without_use(evaluation, criterion.check));
  if (name == "coverage")
    return "Coverage is " + criterion.found + "; " + criterion.wanted + " is required" +
           (evaluation.is_over() ? "" : ", which this window can no longer reach");
  if (name == "latency") return "Latency is " + criterion.found + "; required: " + criterion.wanted;
  if (name == "maintenance")
    return "Maintenance took " + criterion.found + "; allowed: " + criterion.wanted;
  return "The criteria include ratios (" + criterion.wanted +
         "), which this version does not measure";
}

// For a criterion that failed besides the deciding one.
std::string render_other_failure(const CriterionResult& criterion) {
  if (criterion.criterion == "coverage") return "; coverage is also below target";
  if (criterion.criterion == "activity") return "; activity is also missing";
  if (criterion.criterion == "ratios") return "; ratios are also not measured";
  return "; " + std::string(title_of(criterion)) + " is also outside its limit";
}

bool decides(const CriterionResult& criterion, Verdict verdict) {
  if (criterion.state != CriterionState::failed) return false;
  return verdict == Verdict::no_go ? criterion.is_evidence_against : !criterion.is_evidence_against;
}

std::string render_failures(const Evaluation& evaluation,
                            const std::vector<CriterionResult>& criteria, Verdict verdict) {
  const CriterionResult* deciding = nullptr;
  std::string others;
  for (const CriterionResult& criterion : criteria) {
    if (criterion.state != CriterionState::failed) continue;
    if (deciding == nullptr && decides(criterion, verdict))
      deciding = &criterion;
    else
      others += render_other_failure(criterion);
  }
  if (deciding == nullptr) return {};
  return render_failure(evaluation, *deciding) + others + "." + worst_finding(*deciding);
}

// Changed limits belong to the verdict that they may have made.
std::string render_changes(const Evaluation& evaluation, const std::vector<LimitChange>& changes) {
  if (changes.empty()) return {};
  const LimitChange& last = changes.back();
  const auto day = std::to_string((last.at - evaluation.span.begin) / kDay + 1);
  const std::string what = plain_text(last.scope, kMaxFinding);
  if (changes.size() == 1) return " A limit was changed on day " + day + ": " + what + ".";
  return " Limits were changed " + std::to_string(changes.size()) + " times, the last on day " +
         day + ": " + what + ".";
}

// "7 days"; "26 h" where it is no number of days.
std::string render_length(Duration length) {
  std::string text = render_duration(length);
  if (text.ends_with(" d")) text += "ays";
  return text;
}

// "2 of 7 days", or "4 d 23 h of 7 days".
std::string render_progress(Duration elapsed, Duration length) {
  std::string done = render_duration(elapsed);
  const std::string all = render_length(length);
  if (done.ends_with(" d") && all.ends_with("days")) done.resize(done.size() - 2);
  return done + " of " + all;
}

std::string render_inconclusive_next(const std::optional<EarliestEnd>& earliest,
                                     const Evaluation& evaluation, WallTime now) {
  if (!earliest) return "Remove the criteria that cannot be measured.";
  if (!earliest->needs_new_start)
    return "Extend the window to " + render_duration(earliest->end - evaluation.span.begin) +
           " so that its evidence can be complete.";
  return "Set a new start for the window: its evidence can be complete in " +
         render_duration(earliest->end - now) + " at the earliest.";
}

}  // namespace

std::string verdict_reason(const Evaluation& evaluation,
                           const std::vector<CriterionResult>& criteria, Verdict verdict,
                           const std::vector<LimitChange>& changes, WallTime now) {
  switch (verdict) {
    case Verdict::pending:
      return "The window starts in " + render_duration(evaluation.span.begin - now) + ".";
    case Verdict::go:
      return "All criteria were met over " + render_length(evaluation.window.length) + "." +
             render_changes(evaluation, changes);
    case Verdict::in_progress:
      if (evaluation.is_over())
        return "The window has ended; the last readings before its end are not confirmed yet.";
      return "On track: all criteria within limits after " +
             render_progress(evaluation.elapsed(), evaluation.window.length) + "." +
             render_changes(evaluation, changes);
    case Verdict::no_go:
    case Verdict::inconclusive:
      break;
  }
  return render_failures(evaluation, criteria, verdict);
}

std::string next_step(const Evaluation& evaluation, const std::vector<CriterionResult>& criteria,
                      Verdict verdict, const std::optional<EarliestEnd>& earliest, WallTime now) {
  switch (verdict) {
    case Verdict::pending:
      return "No action is needed until then.";
    case Verdict::go:
      return "Proceed with the next step, and keep this report as evidence.";
    case Verdict::in_progress:
      if (evaluation.is_over()) return "Check again in a few minutes.";
      return "No action is needed: the window ends in " + render_duration(evaluation.remaining()) +
             ".";
    case Verdict::inconclusive:
      return render_inconclusive_next(earliest, evaluation, now);
    case Verdict::no_go:
      break;
  }
  const bool is_use = std::ranges::any_of(criteria, [](const CriterionResult& criterion) {
    return criterion.criterion == "activity" && decides(criterion, Verdict::no_go);
  });
  const std::string fix = is_use
                              ? "Find the clients that use the wrong database and switch them over"
                              : "Fix the cause";
  if (evaluation.window.on_no_go == "restart")
    return fix + ": the window restarts automatically when the incident has closed.";
  return fix + ", then set a new start for the window.";
}

}  // namespace holdfast
