// SPDX-License-Identifier: Apache-2.0
// From readings to incidents: one lost packet is no incident. A value, one for each check, pure:
// the same readings give the same incidents. Not thread-safe; the board holds it under its lock.
//
// Two things can stand, apart from each other: trouble (of the target; critical is also warning)
// and blindness (ours). A level opens after `confirm` bad readings in a row, dated to the first,
// and closes after as many good ones, dated to the last bad. A blind reading says nothing about
// trouble: it neither opens nor closes it.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>
#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/metrics/status_store.h"

namespace holdfast {

class Confirmation {
 public:
  using TimePoint = std::chrono::system_clock::time_point;
  /// Whether a finding of that code is a fact, confirmed by one look.
  using IsFact = std::function<bool(std::string_view code)>;

  /// Takes a reading that ended at `at`. `confirm` of at least 1.
  void take(const Reading& reading, TimePoint at, int confirm, const IsFact& is_fact);

  /// `unknown` until something is known: a complete good reading, or a confirmed incident.
  [[nodiscard]] Status status() const { return status_; }
  /// Since when `status` has stood.
  [[nodiscard]] TimePoint since() const { return since_; }
  /// Open incidents, trouble before blindness.
  [[nodiscard]] std::vector<Incident> incidents() const;
  /// The same level by level for the history: those open now, and those that the last reading has
  /// closed. A critical one has a record of its own beside that of the warning it is too.
  [[nodiscard]] std::vector<IncidentRecord> records(const std::string& check) const;
  /// Whether something bad stands that is not confirmed yet.
  [[nodiscard]] bool needs_retry() const;

 private:
  struct Level {
    int bad = 0;   // In a row.
    int good = 0;  // In a row, since the last bad one.
    bool open = false;
    bool was_closed = false;  // By the last reading.
    TimePoint first{};        // Of the bad ones that count.
    TimePoint last{};
    TimePoint cleared{};  // When a good one came after the last bad one.

    void take_bad(TimePoint at, int confirm, bool at_once);
    void take_good(TimePoint at, int confirm);
  };

  [[nodiscard]] IncidentRecord record(const std::string& check, const Level& level,
                                      Severity severity, const std::vector<Finding>& of) const;
  void settle(const Reading& reading, TimePoint at);

  Level warning_;  // Warning or worse.
  Level critical_;
  Level unknown_;
  std::vector<Finding> trouble_;  // As last seen.
  std::vector<Finding> blindness_;
  Status status_ = Status::unknown;
  TimePoint since_{};
  bool is_known_ = false;
};

}  // namespace holdfast
