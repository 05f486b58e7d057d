// SPDX-License-Identifier: Apache-2.0
// The context of one run: all that a check may use to reach the outside. Created by the runner and
// used by one thread. The objects it refers to outlive every run.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "checks/base/limits.h"
#include "checks/base/trace.h"
#include "checks/memory.h"
#include "checks/support/io/deadline.h"

namespace holdfast {

class Databases;  // checks/support/pg/session.h
class Resolver;   // checks/support/io/resolver.h

/// Wall and steady time for the judge. Tests control it; I/O deadlines never use it.
struct Now {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};
/// Seconds since the epoch, as in metrics that end with _timestamp_seconds.
[[nodiscard]] inline double epoch_seconds(std::chrono::system_clock::time_point t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

/// The instant that many seconds after the epoch.
[[nodiscard]] inline WallTime time_at(double epoch_seconds) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(from_seconds(epoch_seconds)));
}

class Run {
 public:
  Deadline deadline;     ///< Ends early when the process stops.
  Now now;               ///< At the start of the run.
  const Memory& memory;  ///< From the last complete reading.
  Databases& databases;  ///< Shared sessions.
  Resolver& resolver;
  Trace& trace;
};

}  // namespace holdfast
