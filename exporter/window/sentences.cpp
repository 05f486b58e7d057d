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

const Account* account_of(const Trial& trial, const std::string& check) {
  const auto found =
      std::ranges::find(trial.accounts, check, [](const Account& a) { return a.result.check; });
  return found == trial.accounts.end() ? nullptr : &*found;
}

std::string tell_time(const Trial& trial, const CriterionResult& criterion) {
  const Account* account = account_of(trial, criterion.check);
  const bool is_warning = criterion.criterion == "warning";
  const Duration time = account == nullptr ? Duration{}
                        : is_warning       ? account->result.warning
                                           : account->result.critical;
  const Duration limit = is_warning ? trial.window.go_when.warning.value_or(Duration{})
                                    : trial.window.go_when.critical;
  const std::string state = is_warning ? " stood at warning for " : " was critical for ";
  if (criterion.criterion == "use")
    return "The check " + criterion.check + ", which has to prove the use, was critical for " +
           render_duration(time) + "." + finding_of(criterion);
  return "The check " + criterion.check + state + render_duration(time) + ", and " +
         (limit.count() == 0 ? "none is" : render_duration(limit) + " are") + " allowed." +
         finding_of(criterion);
}

// The first finished day without a proof of use, counted from 1; 0 when there is none.
std::size_t first_day_without_use(const Trial& trial, const std::string& check) {
  for (std::size_t i = 0; i < trial.standings.size(); ++i) {
    if (trial.standings[i].check() != check) continue;
    for (std::size_t day = 0; day < trial.days.size(); ++day)
      if (trial.days[day].end <= trial.upto && lacks_use(trial, i, trial.days[day])) return day + 1;
  }
  return 0;
}

std::string tell_failure(const Trial& trial, const CriterionResult& criterion) {
  const std::string& name = criterion.criterion;
  if (name == "critical" || name == "warning") return tell_time(trial, criterion);
  if (name == "use" && criterion.is_evidence_against) return tell_time(trial, criterion);
  if (name == "use")
    return "Nothing proved the use of " + criterion.check + " on day " +
           std::to_string(first_day_without_use(trial, criterion.check)) + ".";
  if (name == "coverage")
    return "Too little was seen: the coverage is " + criterion.found + ", and " + criterion.wanted +
           " is wanted" + (trial.is_over() ? "." : ", which this window can no longer reach.") +
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

std::string tell_failures(const Trial& trial, const std::vector<Ruling>& rulings, Verdict verdict) {
  std::string out;
  std::vector<std::string> also;
  for (const Ruling& ruling : rulings) {
    if (ruling.result.state != CriterionState::failed) continue;
    if (out.empty() && decides(ruling.result, verdict))
      out = tell_failure(trial, ruling.result);
    else
      also.push_back(ruling.result.criterion);
  }
  if (!also.empty()) out += " Not kept either: " + join_words(also) + ".";
  return out;
}

// A limit raised on day 6 is a fact that belongs to a good verdict.
std::string tell_changes(const Trial& trial, const std::vector<LimitChange>& changes) {
  if (changes.empty()) return {};
  const LimitChange& last = changes.back();
  const auto day = std::to_string((last.at - trial.span.begin) / kDay + 1);
  const std::string what = plain_text(last.scope, kMaxFinding);
  if (changes.size() == 1) return " A limit was changed on day " + day + ": " + what + ".";
  return " Limits were changed " + std::to_string(changes.size()) + " times, the last on day " +
         day + ": " + what + ".";
}

std::string tell_inconclusive_next(const std::optional<Outlook>& outlook, const Trial& trial,
                                   WallTime now) {
  if (!outlook) return "Take what cannot be measured out of its criteria.";
  if (!outlook->by_a_new_start)
    return "Give the window a length of " + render_duration(outlook->end - trial.span.begin) +
           ": then it could have its evidence.";
  return "Give the window a new start: it could have its evidence in " +
         render_duration(outlook->end - now) + " at the earliest.";
}

}  // namespace

std::string tell_why(const Trial& trial, const std::vector<Ruling>& rulings, Verdict verdict,
                     const std::vector<LimitChange>& changes, WallTime now) {
  const std::string length = render_duration(trial.window.length);
  switch (verdict) {
    case Verdict::pending:
      return "It begins in " + render_duration(trial.span.begin - now) + ".";
    case Verdict::go:
      return "Every criterion was met over " + length + "." + tell_changes(trial, changes);
    case Verdict::in_progress:
      if (trial.is_over())
        return "It is over, and what was seen just before its end is being confirmed.";
      return "Nothing speaks against it after " + render_duration(trial.elapsed()) + " of " +
             length + "." + tell_changes(trial, changes);
    case Verdict::no_go:
    case Verdict::inconclusive:
      break;
  }
  return tell_failures(trial, rulings, verdict);
}

std::string tell_what_next(const Trial& trial, const std::vector<Ruling>& rulings, Verdict verdict,
                           const std::optional<Outlook>& outlook, WallTime now) {
  switch (verdict) {
    case Verdict::pending:
      return "Nothing to do until then.";
    case Verdict::go:
      return "Go on with the next step, and keep this report as the evidence.";
    case Verdict::in_progress:
      if (trial.is_over()) return "Look again in a few minutes.";
      return "Nothing to do: it ends in " + render_duration(trial.remaining()) + ".";
    case Verdict::inconclusive:
      return tell_inconclusive_next(outlook, trial, now);
    case Verdict::no_go:
      break;
  }
  const bool is_use = std::ranges::any_of(rulings, [](const Ruling& ruling) {
    return ruling.result.criterion == "use" && decides(ruling.result, Verdict::no_go);
  });
  const std::string mend =
      is_use ? "Find out who uses the wrong database and switch it over" : "Mend the cause";
  if (trial.window.on_no_go == "restart")
    return mend + ": the window starts again by itself when the incident has closed.";
  return mend + ", then give the window a new start.";
}

}  // namespace holdfast
