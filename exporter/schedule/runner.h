// SPDX-License-Identifier: Apache-2.0
// One run of one check, from the memory to the finished reading: the single body behind the
// daemon, `check`, `explain` and /probe. It catches the last exception, holds the time, and turns
// a failure into its finding `<kind>_<reason>`. Thread-safe: it owns nothing but references.
#pragma once

#include <chrono>

#include "checks/check.h"
#include "checks/run.h"

namespace holdfast {

/// Where the runner takes the time of judging from; tests step it.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const = 0;
};
[[nodiscard]] const Clock& system_clock();

/// A finished run: what was found, and when.
struct Outcome {
  Reading reading;
  Status status = Status::unknown;  ///< Raw: of this reading alone.
  Now started;
  Now ended;
  Trace trace;
  [[nodiscard]] Duration took() const { return ended.steady - started.steady; }
};

/// The seams a run gets. All outlive every run.
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
