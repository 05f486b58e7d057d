// SPDX-License-Identifier: Apache-2.0
// When each check is looked at: starts spread over the interval, a check never overlaps itself, a
// bad reading is looked at again after retry_interval until confirmed. One thread of its own, and
// one thread for each run in flight, no queue in front. Public members: any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exporter/config/config.h"
#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// Told after each published run, outside of all locks, by the run's thread.
using RunObserver =
    std::function<void(const CheckConfig& config, const Outcome& outcome, const Published& change)>;

class Scheduler {
 public:
  virtual ~Scheduler() = default;  ///< Stops; ends within a second.
  /// Takes over a configuration, and has the board take it over in the same step; unchanged
  /// checks keep phase, memory and sessions.
  virtual void configure(const Config& config) = 0;
  /// Starts turning. First runs begin within 5 s, spread.
  virtual void start() = 0;
  /// Fires the stop event and joins every thread.
  virtual void stop() = 0;
  /// Joins the run of `check` in flight or pulls the next one forward, and waits for it. A
  /// caller's deadline ends the wait, not the run. At most 8 wait at once.
  /// Errors: missing (no such check), busy, timed_out, stopped.
  [[nodiscard]] virtual Result<Outcome> probe(const std::string& check,
                                              const Deadline& deadline) = 0;
  /// Steady time at which the scheduler last turned: its heart. Feeds healthy and the watchdog.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point heartbeat() const = 0;
  /// Whether every check has run or timed out once.
  [[nodiscard]] virtual bool ready() const = 0;
  [[nodiscard]] virtual SchedulerFacts facts() const = 0;
};

/// `board`, `history` and the seams outlive it.
[[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(StatusStore& store, History& history,
                                                        Dependencies dependencies, StopEvent& stop,
                                                        RunObserver observer = nullptr,
                                                        FindKind find = find_kind);

}  // namespace holdfast
