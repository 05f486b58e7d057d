// SPDX-License-Identifier: Apache-2.0
// The windows as metric families.
#include <algorithm>
#include <array>

#include "exporter/metrics/families.h"

namespace holdfast {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using Labels = std::vector<ClientMetric::Label>;

constexpr std::array kVerdicts{Verdict::pending, Verdict::in_progress, Verdict::go, Verdict::no_go,
                               Verdict::inconclusive};
constexpr std::array kStates{CriterionState::met, CriterionState::open, CriterionState::failed};

MetricFamily gauge(const char* name, const char* help) {
  MetricFamily out;
  out.name = name;
  out.help = help;
  out.type = prometheus::MetricType::Gauge;
  return out;
}

void put(MetricFamily& family, Labels labels, double value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  family.metric.push_back(std::move(metric));
}

}  // namespace

Families window_families(const std::vector<WindowResult>& windows) {
  Families out{gauge("holdfast_window_coverage_ratio",
                     "Fraction of the elapsed window covered by data of a check."),
               gauge("holdfast_window_criterion",
                     "State of a window criterion: 1 for the current state, 0 for the others."),
               gauge("holdfast_window_end_timestamp_seconds", "When a window ends."),
               gauge("holdfast_window_start_timestamp_seconds", "When a window starts."),
               gauge("holdfast_window_verdict",
                     "Verdict of a window: 1 for the current verdict, 0 for the others.")};
  for (const WindowResult& window : windows) {
    for (const CheckResult& check : window.checks)
      put(out[0], {{"window", window.name}, {"check", check.check}}, check.coverage);
    for (const CriterionResult& criterion : window.criteria)
      for (const CriterionState state : kStates)
        put(out[1],
            {{"window", window.name},
             {"criterion", criterion.criterion},
             {"state", std::string(name_of(state))}},
            criterion.state == state ? 1 : 0);
    put(out[2], {{"window", window.name}}, epoch_seconds(window.span.end));
    put(out[3], {{"window", window.name}}, epoch_seconds(window.span.begin));
    for (const Verdict verdict : kVerdicts)
      put(out[4], {{"window", window.name}, {"verdict", std::string(name_of(verdict))}},
          window.verdict == verdict ? 1 : 0);
  }
  std::erase_if(out, [](const MetricFamily& family) { return family.metric.empty(); });
  return out;
}

}  // namespace holdfast
