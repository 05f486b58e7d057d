// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/sentences.h"

#include <algorithm>

#include "exporter/plain_text.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

// A finding of 10,000 characters must not bury the verdict.
constexpr std::size_t kMaxFinding = 300;

// The finding that says most of an incident: the worst, in its own words.
std::string finding_of(const CriterionResult& criterion) {
  if (criterion.by.empty() || criterion.by.front().findings.empty()) return {};
  const auto& findings = criterion.by.front().findings;
  const Finding& worst = *std::ranges::max_element(findings, {}, &Finding::severity);
  std::string text = plain_text(worst.text, kMaxFinding);
  if (text.empty()) return {};
  if (!text.ends_with('.') && !text.ends_with("…")) text += '.';
  return " " + text;
}

const Account* account_of(const Evaluation& evaluation, const std::string& check) {
  const auto found = std::ranges::find(evaluation.accounts, check,
                                       [](const Account& a) { return a.result.check; });
  return found == evaluation.accounts.end() ? nullptr : &*found;
}

std::string render_time(const Evaluation& evaluation, const CriterionResult& criterion) {
  const Account* account = account_of(evaluation, criterion.check);
  const bool is_warning = criterion.criterion == "warning";
  const Duration time = account == nullptr ? Duration{}
                        : is_warning       ? account->result.warning
                                           : account->result.critical;
  const Duration limit = is_warning ? evaluation.window.go_when.warning.value_or(Duration{})
                                    : evaluation.window.go_when.critical;
  const std::string state = is_warning ? " stood at warning for " : " was critical for ";
  if (criterion.criterion == "use")
    return "The check " + criterion.check + ", which has to prove the use, was critical for " +
           render_duration(time) + "." + finding_of(criterion);
  return "The check " + criterion.check + state + render_duration(time) + ", and " +
         (limit.count() == 0 ? "none is" : render_duration(limit) + " are") + " allowed." +
         finding_of(criterion);
}

// The first finished day without a proof of use, counted from 1; 0 when there is none.
std::size_t first_day_without_use(const Evaluation& evaluation, const std::string& check) {
  for (std::size_t i = 0; i < evaluation.timelines.size(); ++i) {
    if (evaluation.timelines[i].check() != check) continue;
    for (std::size_t day = 0; day < evaluation.days.size(); ++day)
      if (evaluation.days[day].end <= evaluation.upto &&
          lacks_use(evaluation, i, evaluation.days[day]))
        return day + 1;
  }
  return 0;
}

std::string render_failure(const Evaluation& evaluation, const CriterionResult& criterion) {
  const std::string& name = criterion.criterion;
  if (name == "critical" || name == "warning") return render_time(evaluation, criterion);
  if (name == "use" && criterion.is_evidence_against) return render_time(evaluation, criterion);
  if (name == "use")
    return "Nothing proved the use of " + criterion.check + " on day " +
           std::to_string(first_day_without_use(evaluation, criterion.check)) + ".";
  if (name == "coverage")
    return "Too little was seen: the coverage is " + criterion.found + ", and " + criterion.wanted +
           " is wanted" +
           (evaluation.is_over() ? "." : ", which this window can no longer reach.") +
           finding_of(criterion);
  if (name == "latency")
    return "The latency is " + criterion.found + ", and a " + criterion.wanted + " is wanted.";
  if (name == "maintenance")
    return "Maintenance took " + criterion.found + ", and " + criterion.wanted +
           ", leaves enough to judge.";
  return "The criteria ask for ratios (" + criterion.wanted +
         "), which this version does not measure.";
}

bool decides(const CriterionResult& criterion, Verdict verdict) {
  if (criterion.state != CriterionState::failed) return false;
  return verdict == Verdict::no_go ? criterion.is_evidence_against : !criterion.is_evidence_against;
}

std::string render_failures(const Evaluation& evaluation, const std::vector<Ruling>& rulings,
                            Verdict verdict) {
  std::string out;
  std::vector<std::string> also;
  for (const Ruling& ruling : rulings) {
    if (ruling.result.state != CriterionState::failed) continue;
    if (out.empty() && decides(ruling.result, verdict))
      out = render_failure(evaluation, ruling.result);
    else
      also.push_back(ruling.result.criterion);
  }
  if (!also.empty()) out += " Not kept either: " + join_words(also) + ".";
  return out;
}

// A limit raised on day 6 is a fact that belongs to a good verdict.
std::string render_changes(const Evaluation& evaluation, const std::vector<LimitChange>& changes) {
  if (changes.empty()) return {};
  const LimitChange& last = changes.back();
  const auto day = std::to_string((last.at - evaluation.span.begin) / kDay + 1);
  const std::string what = plain_text(last.scope, kMaxFinding);
  if (changes.size() == 1) return " A limit was changed on day " + day + ": " + what + ".";
  return " Limits were changed " + std::to_string(changes.size()) + " times, the last on day " +
         day + ": " + what + ".";
}

std::string render_inconclusive_next(const std::optional<EarliestEnd>& outlook,
                                     const Evaluation& evaluation, WallTime now) {
  if (!outlook) return "Take what cannot be measured out of its criteria.";
  if (!outlook->by_a_new_start)
    return "Give the window a length of " + render_duration(outlook->end - evaluation.span.begin) +
           ": then it could have its evidence.";
  return "Give the window a new start: it could have its evidence in " +
         render_duration(outlook->end - now) + " at the earliest.";
}

}  // namespace

std::string verdict_reason(const Evaluation& evaluation, const std::vector<Ruling>& rulings,
                           Verdict verdict, const std::vector<LimitChange>& changes, WallTime now) {
  const std::string length = render_duration(evaluation.window.length);
  switch (verdict) {
    case Verdict::pending:
      return "It begins in " + render_duration(evaluation.span.begin - now) + ".";
    case Verdict::go:
      return "Every criterion was met over " + length + "." + render_changes(evaluation, changes);
    case Verdict::in_progress:
      if (evaluation.is_over())
        return "It is over, and what was seen just before its end is being confirmed.";
      return "Nothing speaks against it after " + render_duration(evaluation.elapsed()) + " of " +
             length + "." + render_changes(evaluation, changes);
    case Verdict::no_go:
    case Verdict::inconclusive:
      break;
  }
  return render_failures(evaluation, rulings, verdict);
}

std::string next_step(const Evaluation& evaluation, const std::vector<Ruling>& rulings,
                      Verdict verdict, const std::optional<EarliestEnd>& outlook, WallTime now) {
  switch (verdict) {
    case Verdict::pending:
      return "Nothing to do until then.";
    case Verdict::go:
      return "Go on with the next step, and keep this report as the evidence.";
    case Verdict::in_progress:
      if (evaluation.is_over()) return "Look again in a few minutes.";
      return "Nothing to do: it ends in " + render_duration(evaluation.remaining()) + ".";
    case Verdict::inconclusive:
      return render_inconclusive_next(outlook, evaluation, now);
    case Verdict::no_go:
      break;
  }
  const bool is_use = std::ranges::any_of(rulings, [](const Ruling& ruling) {
    return ruling.result.criterion == "use" && decides(ruling.result, Verdict::no_go);
  });
  const std::string fix =
      is_use ? "Find out who uses the wrong database and switch it over" : "Fix the cause";
  if (evaluation.window.on_no_go == "restart")
    return fix + ": the window starts again by itself when the incident has closed.";
  return fix + ", then give the window a new start.";
}

}  // namespace holdfast
