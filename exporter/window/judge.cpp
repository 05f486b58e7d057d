// SPDX-License-Identifier: Apache-2.0
// The verdict of a window: its criteria, attempt by attempt.
#include <algorithm>
#include <array>

#include "exporter/config/values.h"
#include "exporter/window/verdict_text.h"

namespace holdfast {
namespace {

// What began before the end may be confirmed or cleared after it, for at most this long: more than
// any sensible check needs for its confirmation.
constexpr Duration kConfirmedIn = std::chrono::hours(1);
// Attempts that are judged: bounds the work on a check that keeps failing.
constexpr std::size_t kMaxAttempts = 1000;

struct Attempt {
  WindowResult result;
  std::optional<WallTime> failed_at;  // When it became no_go.
  bool is_by_warning = false;
};

class Judge {
 public:
  Judge(const WindowConfig& window, const Evidence& evidence, const NeedsUse& needs_use,
        KindLookup kinds, WallTime now)
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
      const CheckEvidence& known = found == evidence.checks.end() ? unknown_[i] : *found;
      timelines_.emplace_back(known, kinds(known.kind), evidence.gaps, known_until);
    }
  }

  [[nodiscard]] Attempt judge(WallTime start, WallTime at) const;
  /// When the incidents that failed the attempt had all closed; empty while one is open.
  [[nodiscard]] std::optional<WallTime> closed_at(const Attempt& attempt) const;

 private:
  [[nodiscard]] Verdict decide(const Evaluation& evaluation,
                               const std::vector<CriterionResult>& criteria, WallTime at) const;
  [[nodiscard]] std::optional<EarliestEnd> find_end(const Evaluation& evaluation,
                                                    const std::vector<CriterionResult>& criteria,
                                                    WallTime at) const;
  [[nodiscard]] std::vector<LimitChange> changes_during(Span span) const;

  const WindowConfig& window_;
  const Evidence& evidence_;
  const NeedsUse& needs_use_;
  WallTime now_;
  std::vector<CheckEvidence> unknown_;  // For checks without evidence.
  std::vector<CheckTimeline> timelines_;
  SpanSet maintenance_;
};

Verdict Judge::decide(const Evaluation& evaluation, const std::vector<CriterionResult>& criteria,
                      WallTime at) const {
  if (at < evaluation.span.begin) return Verdict::pending;
  bool is_missing = false;
  for (const CriterionResult& criterion : criteria) {
    if (criterion.state != CriterionState::failed) continue;
    if (criterion.is_evidence_against) return Verdict::no_go;
    is_missing = true;
  }
  if (is_missing) return Verdict::inconclusive;
  const bool is_unconfirmed = std::ranges::any_of(timelines_, [&](const CheckTimeline& timeline) {
    return timeline.unconfirmed_since().value_or(WallTime::max()) < evaluation.span.end;
  });
  const bool is_met = std::ranges::all_of(
      criteria, [](const CriterionResult& one) { return one.state == CriterionState::met; });
  if (!evaluation.is_over() || !is_met) return Verdict::in_progress;
  return is_unconfirmed && at < evaluation.span.end + kConfirmedIn ? Verdict::in_progress
                                                                   : Verdict::go;
}

std::optional<EarliestEnd> Judge::find_end(const Evaluation& evaluation,
                                           const std::vector<CriterionResult>& criteria,
                                           WallTime at) const {
  // A latency that was never measured needs a whole attempt in which it is.
  const bool lacks_latency = std::ranges::any_of(criteria, [](const CriterionResult& one) {
    return one.criterion == "latency" && one.state == CriterionState::failed;
  });
  auto out = earliest_end(evaluation, maintenance_, at);
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
  std::vector<CriterionResult> criteria = evaluate_criteria(evaluation);
  Attempt out;
  WindowResult& result = out.result;
  result.verdict = decide(evaluation, criteria, at);
  if (result.verdict == Verdict::pending)
    for (CriterionResult& criterion : criteria) criterion.state = CriterionState::open;
  result.name = window_.name;
  result.span = evaluation.span;
  result.judged_at = evaluation.upto;
  result.days = evaluation.days.size();
  if (at >= start)
    result.day = std::min(result.days, static_cast<std::size_t>(evaluation.elapsed() / kDay) + 1);
  std::optional<EarliestEnd> end;
  if (result.verdict == Verdict::inconclusive) end = find_end(evaluation, criteria, at);
  if (end) result.earliest_end = end->end;
  result.changes = changes_during({evaluation.span.begin, evaluation.upto});
  result.why = verdict_reason(evaluation, criteria, result.verdict, result.changes, at);
  result.what_next = next_step(evaluation, criteria, result.verdict, end, at);
  for (const CheckSummary& summary : evaluation.summaries) result.checks.push_back(summary.result);
  for (const CriterionResult& criterion : criteria) {
    if (!criterion.failed_at || (out.failed_at && *out.failed_at <= *criterion.failed_at)) continue;
    out.failed_at = criterion.failed_at;
    out.is_by_warning = criterion.criterion == "warning";
  }
  result.criteria = std::move(criteria);
  return out;
}

// One cause fails several checks, each a little later: the restart waits for all that overlap.
std::optional<WallTime> Judge::closed_at(const Attempt& attempt) const {
  if (!attempt.failed_at) return std::nullopt;
  WallTime at = *attempt.failed_at;
  bool is_moving = true;
  while (is_moving) {
    is_moving = false;
    for (const CheckTimeline& timeline : timelines_) {
      const SpanSet& incidents =
          attempt.is_by_warning ? timeline.incident_spans() : timeline.critical_incident_spans();
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

std::string_view word_of(CriterionState state) {
  return state == CriterionState::open ? "pending" : name_of(state);
}

std::optional<WallTime> configured_start(const WindowConfig& window) {
  const auto instant = parse_instant(window.start).value;
  if (!instant) return std::nullopt;
  return WallTime(*instant);
}

std::string_view title_of(const CriterionResult& criterion) {
  if (criterion.criterion == "critical") return "critical time";
  if (criterion.criterion == "warning") return "warning time";
  return criterion.criterion;
}

Span evidence_range(const WindowConfig& window, WallTime first_start, WallTime now) {
  const WallTime last = window.on_no_go == "restart"
                            ? now
                            : std::min(now, first_start + window.length + kConfirmedIn);
  return {first_start, std::max(first_start, last)};
}

WindowResult judge_window(const WindowConfig& window, WallTime first_start,
                          const Evidence& evidence, WallTime now, const NeedsUse& needs_use,
                          KindLookup kinds) {
  const Judge judge(window, evidence, needs_use, kinds, now);
  std::vector<WindowResult> earlier;
  std::size_t left_out = 0;
  WallTime start = first_start;
  Attempt attempt = judge.judge(start, now);
  while (window.on_no_go == "restart" && attempt.result.verdict == Verdict::no_go &&
         earlier.size() + left_out < kMaxAttempts) {
    const auto next = judge.closed_at(attempt);
    if (!next || *next <= start) break;
    // What came after they closed is not part of the attempt.
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
