// SPDX-License-Identifier: Apache-2.0
// When each check is due, as pure arithmetic on a steady clock that somebody else reads. Not
// thread-safe: the scheduler holds it under its lock, tests step it.
//
// Each check has a grid: moments one interval apart, at a phase that comes from its name and is
// counted from the clock's zero (boot), so that a restart does not re-phase a thousand logins.
// The first run begins within 5 s; whatever runs off the grid (first runs, retries, pulled ones)
// returns to the first grid point at least half an interval later, so two starts are at most one
// and a half intervals apart, which is how long a reading stands as evidence.
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
  /// What `take_due` found for one check: a start, misses, or both.
  struct Due {
    std::string name;
    bool start = false;        ///< Run it now, and call `finished` afterwards.
    Duration late{};           ///< From the moment it was due.
    std::uint64_t missed = 0;  ///< Grid points at which it could not start.
  };

  /// Adds a check, first run within 5 s; a known one keeps its phase unless its times changed.
  /// One whose old self is still running waits for its end.
  void add(const std::string& name, const Times& times, TimePoint now);
  /// Takes a check out at once.
  void remove(const std::string& name);
  [[nodiscard]] bool contains(const std::string& name) const;

  /// Everything due by `now`, in order of time; what starts counts as running from here on.
  [[nodiscard]] std::vector<Due> take_due(TimePoint now);
  /// The run is over; `needs_retry`: what it showed still needs confirming.
  void finished(const std::string& name, TimePoint now, bool needs_retry);
  /// Makes a check due now. False: it is running already, or is not in the table.
  bool pull(const std::string& name, TimePoint now);
  [[nodiscard]] bool is_running(const std::string& name) const;
  /// When something is next due; empty: never.
  [[nodiscard]] std::optional<TimePoint> next_due() const;

 private:
  struct Slot {
    Times times;
    Duration phase{};  // Of the grid: 0 ≤ phase < interval.
    TimePoint due;
    bool on_grid = false;
    bool running = false;
    bool respread = false;  // Was put off once after a pause; is not put off again.
    bool removed = false;   // Gone, but its last run is not over.
  };
  using Slots = std::map<std::string, Slot>;

  void settle(Slots::iterator at, TimePoint due, bool on_grid);
  [[nodiscard]] static TimePoint grid_after(const Slot& slot, TimePoint t);
  [[nodiscard]] static TimePoint next_after_start(const Slot& slot, TimePoint now);

  Slots slots_;
  std::set<std::pair<TimePoint, std::string>> order_;
};

}  // namespace holdfast
