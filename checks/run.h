// SPDX-License-Identifier: Apache-2.0
// Everything one run of a check may touch; nothing else reaches the outside. Made by the runner,
// used by one thread, gone when the run is over. The pointed-at seams outlive every run.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "checks/limits.h"
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

/// One step of a run as `explain` tells it.
struct TraceStep {
  std::string phase;  ///< "resolve", "tcp", "tls", "auth", "query", "judge" …
  Duration took{};    ///< Zero where time means nothing.
  std::string text;   ///< What was asked and what came back; never a secret or a key id.
};
class Trace {
 public:
  void add(std::string phase, Duration took, std::string text) {
    if (steps_.size() < kMaxSteps) steps_.push_back({std::move(phase), took, std::move(text)});
  }
  [[nodiscard]] const std::vector<TraceStep>& steps() const { return steps_; }

 private:
  static constexpr std::size_t kMaxSteps = 1000;  // A reply of a million rows must not fill memory.
  std::vector<TraceStep> steps_;
};

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
