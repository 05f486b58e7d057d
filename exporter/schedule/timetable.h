// SPDX-License-Identifier: Apache-2.0
// When each check is due, as pure arithmetic on steady time points. Not thread-safe: guarded by the
// scheduler's lock.
//
// Each check has a grid: points one interval apart, with a phase derived from its name and counted
// from the zero of the clock (boot), so that a restart does not shift the load on the targets.
// The first run begins within 5 s; whatever runs off the grid (first runs, retries, pulled ones)
// returns to the first grid point at least half an interval later, so two starts are at most one
// and a half intervals apart, which is how long a reading is valid as evidence.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "checks/base/limits.h"

namespace holdfast {

class Timetable {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// First runs begin within this span, spread.
  static constexpr Duration kFirstRuns = std::chrono::seconds(5);

  struct Times {
    Duration interval{};
    Duration retry_interval{};
    bool operator==(const Times&) const = default;
  };
  /// One check that is due: a start, misses, or both.
  struct Due {
    std::string name;
    bool start = false;        ///< Run it now, and call `finished` afterwards.
    Duration late{};           ///< From the moment it was due.
    std::uint64_t missed = 0;  ///< Grid points at which it could not start.
  };

  /// Adds a check, first run within 5 s; a known one keeps its phase unless its times changed.
  /// If a removed check of that name is still running, the first run waits for its end.
  void add(const std::string& name, const Times& times, TimePoint now);
  /// Removes a check at once.
  void remove(const std::string& name);
  [[nodiscard]] bool contains(const std::string& name) const;

  /// All checks due by `now`, in order of time; those that start count as running.
  [[nodiscard]] std::vector<Due> take_due(TimePoint now);
  /// The run has ended; `needs_retry`: a finding is not confirmed yet.
  void finished(const std::string& name, TimePoint now, bool needs_retry);
  /// Makes a check due now. False: it is running already, or is not in the table.
  bool pull(const std::string& name, TimePoint now);
  /// When something is next due; empty: never.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

 private:
  struct Slot {
    Times times;
    Duration phase{};  // Of the grid: 0 ≤ phase < interval.
    TimePoint due;
    bool on_grid = false;
    bool running = false;
    bool respread = false;  // Was delayed once after a pause; not again.
    bool removed = false;   // Removed, but its last run has not ended.
  };
  using Slots = std::map<std::string, Slot>;

  void settle(Slots::iterator at, TimePoint due, bool on_grid);
  [[nodiscard]] static TimePoint grid_after(const Slot& slot, TimePoint t);
  [[nodiscard]] static TimePoint next_after_start(const Slot& slot, TimePoint now);

  Slots slots_;
  std::set<std::pair<TimePoint, std::string>> order_;
};

}  // namespace holdfast
