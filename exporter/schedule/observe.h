// SPDX-License-Identifier: Apache-2.0
// From a run to the evidence that the history stores. Pure functions.
#pragma once

#include "checks/check.h"
#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// What the history stores of a published run: the evidence, and the memory if the run was
/// complete. It is valid for one and a half intervals plus the timeout, the longest normal distance
/// of two starts. `kind` may be null.
[[nodiscard]] Observation observe(const CheckConfig& config, const Kind* kind,
                                  const Outcome& outcome, const Published& change);

/// The outcome of a run for which no thread could be created: unknown, with its reason.
[[nodiscard]] Outcome not_started(const CheckConfig& config, Now now);

/// Whether the memory of one check is valid for the other: same target, same options. Limits and
/// times may differ, so that a changed threshold does not discard baselines.
[[nodiscard]] bool same_target(const CheckConfig& a, const CheckConfig& b);

}  // namespace holdfast
