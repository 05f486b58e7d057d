// SPDX-License-Identifier: Apache-2.0
// The criteria that fail because evidence is missing: coverage, ratios that are not measured, too
// much maintenance; and when the missing evidence could be complete.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "checks/support/text/columns.h"
#include "exporter/window/evaluation.h"

namespace holdfast {
namespace {

// In seconds: absorbs rounding where nanoseconds are computed as doubles.
constexpr double kSlack = 1e-6;
// The precision of the search for a start; below the slack, so that whole seconds are found.
constexpr Duration kSearchedTo = std::chrono::nanoseconds(500);
// A longer extension is not worth suggesting.
constexpr double kMaxStretch = 366 * 86400.0;

// Up to a length that is easy to write in a config.
Duration round_up(Duration length) {
  using std::chrono::ceil;
  if (length > std::chrono::hours(48)) return ceil<std::chrono::hours>(length);
  if (length > std::chrono::hours(2)) return ceil<std::chrono::minutes>(length);
  return ceil<std::chrono::seconds>(length);
}

void list_losses(const Evaluation& evaluation, std::size_t check, CriterionResult& out) {
  const CheckSummary& summary = evaluation.summaries[check];
  const SpanSet lost = SpanSet(Span{evaluation.span.begin, evaluation.upto}) -
                       evaluation.maintenance - summary.covered;
  std::vector<Share> shares;
  for (const TimedIncident& loss : evaluation.timelines[check].losses())
    if (const Duration part = lost.within(loss.span).length(); part.count() > 0)
      shares.push_back({part, &loss.record});
  list_incidents(std::move(shares), out);
}

// The length in seconds at which an attempt from the same start could be complete.
double required_length(const Evaluation& evaluation, const SpanSet& maintenance, WallTime now) {
  const Span so_far{evaluation.span.begin, std::max(now, evaluation.span.begin)};
  const SpanSet excluded = maintenance.within(so_far);
  const double share = evaluation.window.go_when.coverage;
  const double pause = seconds(excluded.length());
  double length = std::max(seconds(evaluation.window.length), pause / kMaxMaintenance);
  for (const CheckTimeline& timeline : evaluation.timelines) {
    const CheckSummary summary = timeline.summarize(so_far, excluded, {});
    const double lost = seconds(so_far.length()) - pause - seconds(summary.covered.length());
    if (lost <= kSlack) continue;
    // covered + (x - elapsed) >= share * (x - pause), for x.
    length = std::max(length, share < 1 ? pause + lost / (1 - share) : INFINITY);
  }
  return length;
}

// Whether an attempt of the configured length from `start` can still reach its coverage if nothing
// is missed from `now` on, and does not have too much maintenance already.
bool can_complete(const Evaluation& evaluation, const SpanSet& maintenance, WallTime start,
                  WallTime now) {
  const Duration length = evaluation.window.length;
  const SpanSet pause = maintenance.within({start, now});
  const double paused = seconds(pause.length());
  if (paused > kMaxMaintenance * seconds(length) + kSlack) return false;
  const double needed = evaluation.window.go_when.coverage * (seconds(length) - paused);
  const double left = seconds(length - (now - start));
  return std::ranges::all_of(evaluation.timelines, [&](const CheckTimeline& timeline) {
    const CheckSummary summary = timeline.summarize({start, now}, pause, {});
    return seconds(summary.covered.length()) + left >= needed - kSlack;
  });
}

// The earliest such start, not before `from`, by bisection: a later start never loses more.
WallTime earliest_start(const Evaluation& evaluation, const SpanSet& maintenance, WallTime from,
                        WallTime now) {
  if (can_complete(evaluation, maintenance, from, now)) return from;
  WallTime bad = from;
  WallTime good = now;
  while (good - bad > kSearchedTo) {
    const WallTime middle = bad + (good - bad) / 2;
    (can_complete(evaluation, maintenance, middle, now) ? good : bad) = middle;
  }
  return std::chrono::ceil<std::chrono::seconds>(good);
}

}  // namespace

std::string render_share(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.2f", std::floor(share * 1e4 + kSlack) / 100);
  std::string out(text.data());
  while (out.ends_with('0')) out.pop_back();
  if (out.ends_with('.')) out.pop_back();
  return out + " %";
}

CriterionResult evaluate_coverage(const Evaluation& evaluation) {
  CriterionResult result;
  const double wanted = evaluation.window.go_when.coverage;
  const double pause = seconds(evaluation.maintenance.length());
  const double needed = wanted * (seconds(evaluation.window.length) - pause);
  const double left = seconds(evaluation.remaining());
  result.criterion = "coverage";
  result.wanted = "at least " + render_share(wanted);
  std::size_t worst = 0;
  bool is_lost = evaluation.summaries.empty();
  bool is_sure = !evaluation.summaries.empty();
  for (std::size_t i = 0; i < evaluation.summaries.size(); ++i) {
    const double covered = seconds(evaluation.summaries[i].covered.length());
    is_lost = is_lost || covered + left < needed - kSlack;
    is_sure = is_sure && covered >= needed - kSlack;
    if (evaluation.summaries[i].result.coverage < evaluation.summaries[worst].result.coverage)
      worst = i;
  }
  if (!evaluation.summaries.empty()) {
    const CheckResult& check = evaluation.summaries[worst].result;
    result.check = check.check;
    result.found = render_share(check.coverage) + " (worst: " + check.check + ")";
    list_losses(evaluation, worst, result);
  }
  if (is_lost)
    result.state = CriterionState::failed;
  else if (is_sure)
    result.state = CriterionState::met;
  return result;
}

// No kind measures a ratio yet: a criterion that cannot be measured is missing evidence.
CriterionResult evaluate_ratios(const Evaluation& evaluation) {
  const Criteria& criteria = evaluation.window.go_when;
  std::vector<std::string> names;
  for (const auto& [name, least] : criteria.ratio_of)
    names.push_back(name + " at least " + render_share(least));
  if (criteria.ratio) names.push_back("at least " + render_share(*criteria.ratio));
  CriterionResult out;
  out.criterion = "ratios";
  out.state = CriterionState::failed;
  out.wanted = join_words(names);
  out.found = "not measured by this version";
  return out;
}

CriterionResult evaluate_maintenance(const Evaluation& evaluation) {
  const Duration most = from_seconds(kMaxMaintenance * seconds(evaluation.window.length));
  const Duration found = evaluation.maintenance.length();
  CriterionResult out;
  out.criterion = "maintenance";
  out.wanted = "at most " + render_duration(most) + " (5 % of the window)";
  out.found = render_duration(found);
  if (found > most)
    out.state = CriterionState::failed;
  else if (found + evaluation.remaining() <= most)
    out.state = CriterionState::met;
  return out;
}

std::optional<EarliestEnd> earliest_end(const Evaluation& evaluation, const SpanSet& maintenance,
                                        WallTime now) {
  const Criteria& criteria = evaluation.window.go_when;
  if (criteria.ratio || !criteria.ratio_of.empty() || evaluation.timelines.empty())
    return std::nullopt;
  // Days count from the start: a new start comes after the last day without the use it needs.
  WallTime from = evaluation.span.begin;
  for (std::size_t i = 0; i < evaluation.timelines.size(); ++i) {
    if (!must_show_use(evaluation, i)) continue;
    for (const std::size_t day : days_without_use(evaluation, i))
      from = std::max(from, evaluation.days[day].end);
  }
  const bool has_use = from == evaluation.span.begin;
  EarliestEnd out{
      earliest_start(evaluation, maintenance, std::min(from, now), now) + evaluation.window.length,
      true};
  const double length = required_length(evaluation, maintenance, now);
  if (has_use && length < kMaxStretch) {
    const WallTime end = evaluation.span.begin + round_up(from_seconds(length));
    if (end < out.end) out = {end, false};
  }
  out.end = std::max(out.end, now);
  return out;
}

}  // namespace holdfast
