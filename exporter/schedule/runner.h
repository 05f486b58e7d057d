// SPDX-License-Identifier: Apache-2.0
// One run of one check, from its memory to the finished reading; the daemon, `check`, `explain` and
// /probe all use it. It catches every exception, measures the time, and turns a failure into the
// finding `<kind>_<reason>`. Thread-safe.
#pragma once

#include "checks/check.h"
#include "exporter/metrics/outcome.h"
#include "exporter/system/clock.h"

namespace holdfast {

/// What a run may use. All outlive every run.
struct Dependencies {
  Databases& databases;
  Resolver& resolver;
  const Clock& clock;
  const StopEvent& stop;
};

/// Runs `check` once under its configured time-out. Never throws.
[[nodiscard]] Outcome run_once(Check& check, const CheckConfig& config, const Memory& memory,
                               const Dependencies& dependencies);

}  // namespace holdfast
