// SPDX-License-Identifier: Apache-2.0
// The verdict of a window: its criteria, attempt by attempt.
#include <algorithm>
#include <array>

#include "exporter/config/values.h"
#include "exporter/window/sentences.h"

namespace holdfast {
namespace {

// What began before the end may be confirmed or taken back behind it. After this it is decided by
// what is there: the longest time that a sensible check needs for its confirmation.
constexpr Duration kSettlesIn = std::chrono::hours(1);
// Attempts that are judged; a check that fails more often has no window.
constexpr std::size_t kMaxAttempts = 1000;

struct Attempt {
  WindowResult result;
  std::optional<WallTime> broken_at;  // When it became a no_go.
  bool is_by_warning = false;
};

class Judge {
 public:
  Judge(const WindowConfig& window, const Evidence& evidence, const NeedsUse& needs_use,
        WallTime now)
      : window_(window),
        evidence_(evidence),
        needs_use_(needs_use),
        now_(now),
        maintenance_(maintenance_of(evidence)) {
    const WallTime known_until = std::min(now, evidence.range.end);
    unknown_.resize(window.checks.size());
    for (std::size_t i = 0; i < window.checks.size(); ++i) {
      const auto found =
          std::ranges::find(evidence.checks, window.checks[i], &CheckEvidence::check);
      unknown_[i].check = window.checks[i];
      timelines_.emplace_back(found == evidence.checks.end() ? unknown_[i] : *found, evidence.gaps,
                              known_until);
    }
  }

  [[nodiscard]] Attempt judge(WallTime start, WallTime at) const;
  /// When the incidents that stood at `moment` have closed; empty while one is open.
  [[nodiscard]] std::optional<WallTime> closed(const Attempt& attempt) const;

 private:
  [[nodiscard]] Verdict decide(const Evaluation& evaluation, const std::vector<Ruling>& rulings,
                               WallTime at) const;
  [[nodiscard]] std::optional<EarliestEnd> look(const Evaluation& evaluation,
                                                const std::vector<Ruling>& rulings,
                                                WallTime at) const;
  [[nodiscard]] std::vector<LimitChange> changes_during(Span span) const;

  const WindowConfig& window_;
  const Evidence& evidence_;
  const NeedsUse& needs_use_;
  WallTime now_;
  std::vector<CheckEvidence> unknown_;  // For checks of which nothing is known.
  std::vector<CheckTimeline> timelines_;
  SpanSet maintenance_;
};

Verdict Judge::decide(const Evaluation& evaluation, const std::vector<Ruling>& rulings,
                      WallTime at) const {
  if (at < evaluation.span.begin) return Verdict::pending;
  bool is_missing = false;
  for (const Ruling& ruling : rulings) {
    if (ruling.result.state != CriterionState::failed) continue;
    if (ruling.result.is_evidence_against) return Verdict::no_go;
    is_missing = true;
  }
  if (is_missing) return Verdict::inconclusive;
  const bool is_unsettled = std::ranges::any_of(timelines_, [&](const CheckTimeline& timeline) {
    return timeline.unsettled() && *timeline.unsettled() < evaluation.span.end;
  });
  const bool is_met = std::ranges::all_of(
      rulings, [](const Ruling& ruling) { return ruling.result.state == CriterionState::met; });
  if (!evaluation.is_over() || !is_met) return Verdict::in_progress;
  return is_unsettled && at < evaluation.span.end + kSettlesIn ? Verdict::in_progress : Verdict::go;
}

std::optional<EarliestEnd> Judge::look(const Evaluation& evaluation,
                                       const std::vector<Ruling>& rulings, WallTime at) const {
  // A latency that was not measured in all this time needs a time in which it is.
  const bool lacks_latency = std::ranges::any_of(rulings, [](const Ruling& ruling) {
    return ruling.result.criterion == "latency" && ruling.result.state == CriterionState::failed;
  });
  auto out = earliest_completion(evaluation, maintenance_, at);
  if (out && lacks_latency) return EarliestEnd{at + window_.length, true};
  return out;
}

std::vector<LimitChange> Judge::changes_during(Span span) const {
  std::vector<LimitChange> out;
  std::ranges::copy_if(evidence_.changes, std::back_inserter(out), [&](const LimitChange& change) {
    const bool is_ours = change.scope == "window " + window_.name ||
                         std::ranges::any_of(window_.checks, [&](const std::string& check) {
                           return change.scope == "check " + check;
                         });
    return is_ours && span.contains(change.at);
  });
  return out;
}

Attempt Judge::judge(WallTime start, WallTime at) const {
  const Evaluation evaluation =
      make_evaluation(window_, timelines_, maintenance_, needs_use_, start, at);
  std::vector<Ruling> rulings = rule(evaluation);
  Attempt out;
  WindowResult& result = out.result;
  result.verdict = decide(evaluation, rulings, at);
  if (result.verdict == Verdict::pending)
    for (Ruling& ruling : rulings) ruling.result.state = CriterionState::open;
  result.name = window_.name;
  result.span = evaluation.span;
  result.judged_at = evaluation.upto;
  result.days = evaluation.days.size();
  if (at >= start)
    result.day = std::min(result.days, static_cast<std::size_t>(evaluation.elapsed() / kDay) + 1);
  std::optional<EarliestEnd> outlook;
  if (result.verdict == Verdict::inconclusive) outlook = look(evaluation, rulings, at);
  if (outlook) result.earliest_end = outlook->end;
  result.changes = changes_during({evaluation.span.begin, evaluation.upto});
  result.why = verdict_reason(evaluation, rulings, result.verdict, result.changes, at);
  result.what_next = next_step(evaluation, rulings, result.verdict, outlook, at);
  for (const Account& account : evaluation.accounts) result.checks.push_back(account.result);
  for (Ruling& ruling : rulings) {
    if (ruling.broken_at && (!out.broken_at || *ruling.broken_at < *out.broken_at)) {
      out.broken_at = ruling.broken_at;
      out.is_by_warning = ruling.result.criterion == "warning";
    }
    result.criteria.push_back(std::move(ruling.result));
  }
  return out;
}

// Several checks fall with one cause, each a little later: the start waits for all that overlap.
std::optional<WallTime> Judge::closed(const Attempt& attempt) const {
  if (!attempt.broken_at) return std::nullopt;
  WallTime at = *attempt.broken_at;
  bool is_moving = true;
  while (is_moving) {
    is_moving = false;
    for (const CheckTimeline& timeline : timelines_) {
      const SpanSet& incidents =
          attempt.is_by_warning ? timeline.incidents() : timeline.critical_incidents();
      const auto open = incidents.at(at);
      if (!open) continue;
      if (open->end == WallTime::max()) return std::nullopt;
      at = open->end;
      is_moving = true;
    }
  }
  if (at > now_) return std::nullopt;
  return at;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  static constexpr std::array<std::string_view, 5> kNames{"pending", "in_progress", "go", "no_go",
                                                          "inconclusive"};
  return kNames.at(static_cast<std::size_t>(verdict));
}

std::string_view name_of(CriterionState state) {
  static constexpr std::array<std::string_view, 3> kNames{"met", "open", "failed"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::optional<WallTime> configured_start(const WindowConfig& window) {
  const auto instant = parse_instant(window.start).value;
  if (!instant) return std::nullopt;
  return WallTime(*instant);
}

Span evidence_range(const WindowConfig& window, WallTime first_start, WallTime now) {
  const WallTime last =
      window.on_no_go == "restart" ? now : std::min(now, first_start + window.length + kSettlesIn);
  return {first_start, std::max(first_start, last)};
}

WindowResult judge_window(const WindowConfig& window, WallTime first_start,
                          const Evidence& evidence, WallTime now, const NeedsUse& needs_use) {
  const Judge judge(window, evidence, needs_use, now);
  std::vector<WindowResult> earlier;
  std::size_t left_out = 0;
  WallTime start = first_start;
  Attempt attempt = judge.judge(start, now);
  while (window.on_no_go == "restart" && attempt.result.verdict == Verdict::no_go &&
         earlier.size() + left_out < kMaxAttempts) {
    const auto next = judge.closed(attempt);
    if (!next || *next <= start) break;
    // What came after it was closed is no part of the attempt.
    earlier.push_back(judge.judge(start, *next).result);
    if (earlier.size() > kMaxEarlier) {
      earlier.erase(earlier.begin());
      ++left_out;
    }
    start = *next;
    attempt = judge.judge(start, now);
  }
  attempt.result.earlier = std::move(earlier);
  attempt.result.earlier_left_out = left_out;
  return std::move(attempt.result);
}

}  // namespace holdfast
