// SPDX-License-Identifier: Apache-2.0
// Runs each check at its interval: starts are spread over the interval, runs of a check never
// overlap, a bad reading is retried after retry_interval until confirmed. One thread of its own,
// and one per run in flight without a queue. Public members: any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "exporter/config/config.h"
#include "exporter/history/history.h"
#include "exporter/metrics/status_store.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// Called after each published run by its thread, outside of all locks.
using RunObserver =
    std::function<void(const CheckConfig& config, const Outcome& outcome, const Published& change)>;

class Scheduler {
 public:
  virtual ~Scheduler() = default;  ///< Stops within a second.
  /// Applies a configuration, in the same step also to the status store; unchanged checks keep
  /// phase, memory and sessions.
  virtual void configure(const Config& config) = 0;
  /// Starts scheduling. First runs begin within 5 s, spread.
  virtual void start() = 0;
  /// Fires the stop event and joins every thread.
  virtual void stop() = 0;
  /// Waits for the run of `check` in flight, or starts the next one early and waits for it. The
  /// deadline ends the wait, not the run. At most 8 callers wait at once.
  /// Errors: missing (no such check), busy, timed_out, stopped.
  [[nodiscard]] virtual Result<Outcome> probe(const std::string& check,
                                              const Deadline& deadline) = 0;
  /// Steady time of the scheduler's last iteration, for /-/healthy and the watchdog.
  [[nodiscard]] virtual std::chrono::steady_clock::time_point heartbeat() const = 0;
  /// Whether every check has finished a run.
  [[nodiscard]] virtual bool ready() const = 0;
  [[nodiscard]] virtual SchedulerFacts facts() const = 0;
};

/// All arguments outlive it.
[[nodiscard]] std::unique_ptr<Scheduler> make_scheduler(StatusStore& store, History& history,
                                                        Dependencies dependencies, StopEvent& stop,
                                                        RunObserver observer = nullptr,
                                                        FindKind find = find_kind);

}  // namespace holdfast
