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
  const std::vector<Span> begun = days_of(judged);
  for (const CheckTimeline& timeline : timelines)
    out.accounts.push_back(timeline.account(judged, out.maintenance, begun));
  return out;
}

std::vector<Ruling> rule(const Evaluation& evaluation) {
  const Criteria& criteria = evaluation.window.go_when;
  std::vector<Ruling> out;
  if (!criteria.require.empty()) out.push_back(rule_use(evaluation));
  out.push_back(rule_critical(evaluation));
  if (criteria.warning) out.push_back(rule_warning(evaluation));
  if (criteria.latency || !criteria.latency_of.empty()) out.push_back(rule_latency(evaluation));
  if (criteria.ratio || !criteria.ratio_of.empty()) out.push_back(rule_ratios(evaluation));
  out.push_back(rule_coverage(evaluation));
  out.push_back(rule_maintenance(evaluation));
  return out;
}

}  // namespace holdfast
