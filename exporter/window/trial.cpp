// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/trial.h"

#include <algorithm>

namespace holdfast {

Trial make_trial(const WindowConfig& window, const std::vector<Standing>& standings,
                 const SpanSet& maintenance, const NeedsUse& needs_use, WallTime start,
                 WallTime now) {
  const Span span{start, start + window.length};
  Trial out{window, standings,     needs_use, span, std::clamp(now, span.begin, span.end),
            {},     days_of(span), {}};
  const Span judged{span.begin, out.upto};
  out.maintenance = maintenance.within(judged);
  const std::vector<Span> begun = days_of(judged);
  for (const Standing& standing : standings)
    out.accounts.push_back(standing.account(judged, out.maintenance, begun));
  return out;
}

std::vector<Ruling> rule(const Trial& trial) {
  const Criteria& criteria = trial.window.go_when;
  std::vector<Ruling> out;
  if (!criteria.require.empty()) out.push_back(rule_use(trial));
  out.push_back(rule_critical(trial));
  if (criteria.warning) out.push_back(rule_warning(trial));
  if (criteria.latency || !criteria.latency_of.empty()) out.push_back(rule_latency(trial));
  if (criteria.ratio || !criteria.ratio_of.empty()) out.push_back(rule_ratios(trial));
  out.push_back(rule_coverage(trial));
  out.push_back(rule_maintenance(trial));
  return out;
}

}  // namespace holdfast
