// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/evaluation.h"

#include <algorithm>

namespace holdfast {

Evaluation make_evaluation(const WindowConfig& window, const std::vector<CheckTimeline>& timelines,
                           const SpanSet& maintenance, const NeedsUse& needs_use, WallTime start,
                           WallTime now) {
  const Span span{start, start + window.length};
  Evaluation out{window, timelines,     needs_use, span, std::clamp(now, span.begin, span.end),
                 {},     days_of(span), {}};
  const Span judged{span.begin, out.upto};
  out.maintenance = maintenance.within(judged);
  const std::vector<Span> days = days_of(judged);
  for (const CheckTimeline& timeline : timelines)
    out.summaries.push_back(timeline.summarize(judged, out.maintenance, days));
  return out;
}

std::vector<std::size_t> days_without_use(const Evaluation& evaluation, std::size_t check) {
  const CheckTimeline& timeline = evaluation.timelines[check];
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < evaluation.days.size(); ++i) {
    const Span& day = evaluation.days[i];
    const bool needs_use = !evaluation.needs_use || evaluation.needs_use(timeline.check(), day);
    if (day.end <= evaluation.upto && needs_use && !timeline.shows_use(day)) out.push_back(i);
  }
  return out;
}

bool must_show_use(const Evaluation& evaluation, std::size_t check) {
  const auto& required = evaluation.window.go_when.require;
  return std::ranges::find(required, evaluation.timelines[check].check()) != required.end();
}

void list_incidents(std::vector<Share> shares, CriterionResult& out) {
  std::ranges::stable_sort(shares, std::greater<>{}, &Share::time);
  for (const Share& share : shares) {
    if (out.by.size() == kMaxIncidentsBy) break;
    out.by.push_back(*share.record);
  }
  out.by_left_out = shares.size() - out.by.size();
}

std::vector<CriterionResult> evaluate_criteria(const Evaluation& evaluation) {
  const Criteria& criteria = evaluation.window.go_when;
  std::vector<CriterionResult> out;
  if (!criteria.require.empty()) out.push_back(evaluate_use(evaluation));
  out.push_back(evaluate_critical(evaluation));
  if (criteria.warning) out.push_back(evaluate_warning(evaluation));
  if (criteria.latency || !criteria.latency_of.empty()) out.push_back(evaluate_latency(evaluation));
  if (criteria.ratio || !criteria.ratio_of.empty()) out.push_back(evaluate_ratios(evaluation));
  out.push_back(evaluate_coverage(evaluation));
  out.push_back(evaluate_maintenance(evaluation));
  return out;
}

}  // namespace holdfast
