// SPDX-License-Identifier: Apache-2.0
// Everything one run of a check may touch; nothing else reaches the outside. Made by the runner,
// used by one thread, gone when the run is over. The pointed-at seams outlive every run.
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

/// Wall and steady time of the judge. Stepped by tests; I/O deadlines never use it.
struct Now {
  std::chrono::system_clock::time_point wall;
  std::chrono::steady_clock::time_point steady;
};
/// Seconds since the epoch, what `_timestamp_seconds` metrics and memories hold.
[[nodiscard]] inline double epoch_seconds(std::chrono::system_clock::time_point t) {
  return std::chrono::duration<double>(t.time_since_epoch()).count();
}

class Run {
 public:
  Deadline deadline;     ///< When this run must be over; also over at stop.
  Now now;               ///< Taken at the start.
  const Memory& memory;  ///< What the last complete reading left.
  Databases& databases;  ///< Sessions, leased statement by statement.
  Resolver& resolver;
  Trace& trace;
};

}  // namespace holdfast
