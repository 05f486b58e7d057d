// SPDX-License-Identifier: Apache-2.0
// The board and the daemon itself as prometheus-cpp's metric families: sorted by name, HELP already
// escaped (its serializer writes it raw), no sample twice. Made anew from the latest pages each
// time, since families that live on never forget a series. Pure, but for reading /proc.
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

/// Everything about checks: what they measured, what was found, what stands.
[[nodiscard]] Families check_families(const Pages& pages);
/// Everything about Holdfast itself. Shares no name with `check_families`.
[[nodiscard]] Families self_families(const SelfFacts& self, const SchedulerFacts& scheduler,
                                     const HistoryFacts& history, const HeartbeatFacts& signs,
                                     const ProcessFacts& process);
/// The windows; nothing where there are none.
[[nodiscard]] Families window_families(const std::vector<WindowResult>& windows);
/// What a probe adds to its check's page.
[[nodiscard]] Families probe_families(bool success, Duration took);

}  // namespace holdfast
