// SPDX-License-Identifier: Apache-2.0
// The criteria that fail for want of evidence: coverage, ratios nobody measures, too much
// maintenance; and when what is missing could be there.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "exporter/text.h"
#include "exporter/window/evaluation.h"

namespace holdfast {
namespace {

// Nanoseconds are counted in doubles here and there: a whole microsecond is no evidence.
constexpr double kSlack = 1e-6;
// Below the slack, so that a start on a whole second is found as that second.
constexpr Duration kSearchedTo = std::chrono::nanoseconds(500);
// An extension beyond this is no plan.
constexpr double kMaxStretch = 366 * 86400.0;

// Rounded down to hundredths of a percent: 98.996 % is not the 99 % that was asked for.
std::string render_share(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", std::floor(share * 1e4 + kSlack) / 100);
  std::string out(text.data());
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out + " %";
}

// Up to what a person would write as a length.
Duration round_up(Duration length) {
  using std::chrono::ceil;
  if (length > std::chrono::hours(48)) return ceil<std::chrono::hours>(length);
  if (length > std::chrono::hours(2)) return ceil<std::chrono::minutes>(length);
  return ceil<std::chrono::seconds>(length);
}

void render_losses(const Evaluation& evaluation, std::size_t check, CriterionResult& out) {
  const Account& account = evaluation.accounts[check];
  const SpanSet lost = SpanSet(Span{evaluation.span.begin, evaluation.upto}) -
                       evaluation.maintenance - account.covered;
  std::vector<std::pair<Duration, const IncidentRecord*>> shares;
  for (const Trouble& loss : evaluation.timelines[check].losses())
    if (const Duration part = lost.within(loss.span).length(); part.count() > 0)
      shares.emplace_back(part, &loss.record);
  std::ranges::stable_sort(shares, std::greater<>{}, [](const auto& share) { return share.first; });
  for (const auto& share : shares) {
    if (out.by.size() == kMaxIncidentsBy) break;
    out.by.push_back(*share.second);
  }
  out.by_left_out = shares.size() - out.by.size();
}

// The length at which an attempt from the same start would have its evidence, in seconds.
double stretched(const Evaluation& evaluation, const SpanSet& maintenance, WallTime now) {
  const Span so_far{evaluation.span.begin, std::max(now, evaluation.span.begin)};
  const SpanSet pauses = maintenance.within(so_far);
  const double share = evaluation.window.go_when.coverage;
  const double pause = seconds(pauses.length());
  double length = std::max(seconds(evaluation.window.length), pause / kMaxMaintenance);
  for (const CheckTimeline& timeline : evaluation.timelines) {
    const Account account = timeline.account(so_far, pauses, {});
    const double lost = seconds(so_far.length()) - pause - seconds(account.covered.length());
    if (lost <= kSlack) continue;
    // covered + (x - elapsed) >= share * (x - pause), for x.
    length = std::max(length, share < 1 ? pause + lost / (1 - share) : INFINITY);
  }
  return length;
}

// Whether an attempt of the configured length from `start` could have coverage, if all is seen
// from `now` on, and has not too much maintenance already.
bool could_be_had(const Evaluation& evaluation, const SpanSet& maintenance, WallTime start,
                  WallTime now) {
  const Duration length = evaluation.window.length;
  const SpanSet pause = maintenance.within({start, now});
  const double paused = seconds(pause.length());
  if (paused > kMaxMaintenance * seconds(length) + kSlack) return false;
  const double needed = evaluation.window.go_when.coverage * (seconds(length) - paused);
  const double left = seconds(length - (now - start));
  return std::ranges::all_of(evaluation.timelines, [&](const CheckTimeline& timeline) {
    const Account account = timeline.account({start, now}, pause, {});
    return seconds(account.covered.length()) + left >= needed - kSlack;
  });
}

// The earliest such start, not before `from`. It only ever gets better the later it is: of what
// lies before it nothing can be lost.
WallTime earliest_start(const Evaluation& evaluation, const SpanSet& maintenance, WallTime from,
                        WallTime now) {
  if (could_be_had(evaluation, maintenance, from, now)) return from;
  WallTime bad = from;
  WallTime good = now;
  while (good - bad > kSearchedTo) {
    const WallTime middle = bad + (good - bad) / 2;
    (could_be_had(evaluation, maintenance, middle, now) ? good : bad) = middle;
  }
  return std::chrono::ceil<std::chrono::seconds>(good);
}

}  // namespace

Ruling rule_coverage(const Evaluation& evaluation) {
  Ruling out;
  CriterionResult& result = out.result;
  const double wanted = evaluation.window.go_when.coverage;
  const double pause = seconds(evaluation.maintenance.length());
  const double needed = wanted * (seconds(evaluation.window.length) - pause);
  const double left = seconds(evaluation.remaining());
  result.criterion = "coverage";
  result.wanted = "at least " + render_share(wanted);
  std::size_t worst = 0;
  bool is_lost = evaluation.accounts.empty();
  bool is_sure = !evaluation.accounts.empty();
  for (std::size_t i = 0; i < evaluation.accounts.size(); ++i) {
    const double covered = seconds(evaluation.accounts[i].covered.length());
    is_lost = is_lost || covered + left < needed - kSlack;
    is_sure = is_sure && covered >= needed - kSlack;
    if (evaluation.accounts[i].result.coverage < evaluation.accounts[worst].result.coverage)
      worst = i;
  }
  if (!evaluation.accounts.empty()) {
    const CheckResult& check = evaluation.accounts[worst].result;
    result.check = check.check;
    result.found = render_share(check.coverage) + " (" + check.check + ")";
    render_losses(evaluation, worst, result);
  }
  if (is_lost)
    result.state = CriterionState::failed;
  else if (is_sure)
    result.state = CriterionState::met;
  return out;
}

// No kind gives a ratio yet: what was asked for and cannot be measured is missing evidence.
Ruling rule_ratios(const Evaluation& evaluation) {
  const Criteria& criteria = evaluation.window.go_when;
  std::vector<std::string> names;
  for (const auto& [name, least] : criteria.ratio_of)
    names.push_back(name + " at least " + render_share(least));
  if (criteria.ratio) names.push_back("at least " + render_share(*criteria.ratio));
  Ruling out;
  out.result.criterion = "ratios";
  out.result.state = CriterionState::failed;
  out.result.wanted = join_words(names);
  out.result.found = "not measured by this version";
  return out;
}

Ruling rule_maintenance(const Evaluation& evaluation) {
  const Duration most = from_seconds(kMaxMaintenance * seconds(evaluation.window.length));
  const Duration found = evaluation.maintenance.length();
  Ruling out;
  out.result.criterion = "maintenance";
  out.result.wanted = "at most " + render_duration(most) + ", 5 % of the window";
  out.result.found = render_duration(found);
  if (found > most)
    out.result.state = CriterionState::failed;
  else if (found + evaluation.remaining() <= most)
    out.result.state = CriterionState::met;
  return out;
}

std::optional<EarliestEnd> earliest_completion(const Evaluation& evaluation,
                                               const SpanSet& maintenance, WallTime now) {
  const Criteria& criteria = evaluation.window.go_when;
  if (criteria.ratio || !criteria.ratio_of.empty() || evaluation.timelines.empty())
    return std::nullopt;
  // Days count from the start: a new one begins behind the last day without a proof of use.
  WallTime from = evaluation.span.begin;
  for (std::size_t i = 0; i < evaluation.timelines.size(); ++i) {
    if (std::ranges::find(criteria.require, evaluation.timelines[i].check()) ==
        criteria.require.end())
      continue;
    for (const Span& day : evaluation.days)
      if (day.end <= evaluation.upto && lacks_use(evaluation, i, day))
        from = std::max(from, day.end);
  }
  const bool has_proof = from == evaluation.span.begin;
  EarliestEnd out{
      earliest_start(evaluation, maintenance, std::min(from, now), now) + evaluation.window.length,
      true};
  const double length = stretched(evaluation, maintenance, now);
  if (has_proof && length < kMaxStretch) {
    const WallTime end = evaluation.span.begin + round_up(from_seconds(length));
    if (end < out.end) out = {end, false};
  }
  out.end = std::max(out.end, now);
  return out;
}

}  // namespace holdfast
