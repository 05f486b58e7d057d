// SPDX-License-Identifier: Apache-2.0
// What the scheduler hands over: finished runs and facts about itself. Plain values.
#pragma once

#include "checks/check.h"
#include "checks/run.h"
#include "exporter/metrics/series.h"

namespace holdfast {

/// A finished run: the reading and when it was taken.
struct Outcome {
  Reading reading;
  Status status = Status::unknown;  ///< Raw: of this reading alone.
  Now started;
  Now ended;
  Trace trace;
  [[nodiscard]] Duration took() const { return ended.steady - started.steady; }
};

/// What the scheduler reports about itself.
struct SchedulerFacts {
  HistogramValue lateness;    ///< Seconds from the moment a run was due to its start.
  std::size_t in_flight = 0;  ///< Runs going on now.
  std::size_t threads = 0;    ///< Threads of the pool, idle ones included.
};

}  // namespace holdfast
