// SPDX-License-Identifier: Apache-2.0
// Checks, windows and the daemon itself as prometheus-cpp's metric families: sorted by name, HELP
// already escaped (its serializer writes it raw), no duplicate samples. Built from the latest pages
// each time, since long-lived families would never drop a series. Pure.
#pragma once

#include <prometheus/metric_family.h>

#include <memory>
#include <vector>

#include "exporter/metrics/exposition.h"
#include "exporter/metrics/process_facts.h"
#include "exporter/window/window.h"

namespace holdfast {

using Families = std::vector<prometheus::MetricFamily>;
using Pages = std::vector<std::shared_ptr<const CheckPage>>;

/// Metrics of all checks: status, findings, limits and what they measured.
[[nodiscard]] Families check_families(const Pages& pages);
/// Metrics of Holdfast itself. Shares no name with `check_families`.
[[nodiscard]] Families self_families(const SelfFacts& self, const SchedulerFacts& scheduler,
                                     const HistoryFacts& history, const HeartbeatFacts& heartbeats,
                                     const ProcessFacts& process);
/// Metrics of windows; empty where none is configured.
[[nodiscard]] Families window_families(const std::vector<WindowResult>& windows);
/// What /probe adds to its check's page.
[[nodiscard]] Families probe_families(bool success, Duration took);

}  // namespace holdfast
