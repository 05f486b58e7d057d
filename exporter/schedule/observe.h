// SPDX-License-Identifier: Apache-2.0
// What the history is told of a run, and what stands where a run could not be made. Pure functions.
#pragma once

#include "checks/check.h"
#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// What of a published run is kept: its memory if it was complete, and what is evidence. It stands
/// for one and a half intervals and the time-out: the longest that two starts are apart in normal
/// work. `kind` may be null where the check has none.
[[nodiscard]] Observation observe(const CheckConfig& config, const Kind* kind,
                                  const Outcome& outcome, const Published& change);

/// The outcome of a run for which the system gave no thread: unknown, with its reason.
[[nodiscard]] Outcome not_started(const CheckConfig& config, Now now);

/// Whether what was learnt of one still holds for the other: the same target, asked the same way.
/// Limits and times may differ, else a changed threshold would cost a day of baseline.
[[nodiscard]] bool same_target(const CheckConfig& a, const CheckConfig& b);

}  // namespace holdfast
