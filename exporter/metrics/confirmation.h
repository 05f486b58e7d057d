// SPDX-License-Identifier: Apache-2.0
// Confirms incidents from readings, so that one lost packet is not an incident. A value per check,
// deterministic. Not thread-safe: guarded by the status store.
//
// There are two independent kinds of incident: problems of the target (critical includes warning)
// and unknown status (Holdfast's own inability to read). A level opens after `confirm` bad readings
// in a row, dated back to the first, and closes after as many good ones, dated to the last bad one.
// A reading without data neither opens nor closes a problem.
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
  /// Whether a finding of that code is a fact, confirmed by one reading.
  using IsFact = std::function<bool(std::string_view code)>;

  /// Takes a reading that ended at `at`. `confirm` of at least 1.
  void take(const Reading& reading, TimePoint at, int confirm, const IsFact& is_fact);

  /// `unknown` until something is known: a complete good reading, or a confirmed incident.
  [[nodiscard]] Status status() const { return status_; }
  /// Since when `status` has been the same.
  [[nodiscard]] TimePoint since() const { return since_; }
  /// Open incidents, problems before unknown status.
  [[nodiscard]] std::vector<Incident> incidents() const;
  /// The same per level for the history: those open now and those closed by the last reading. A
  /// critical incident has its own record beside that of the warning it includes.
  [[nodiscard]] std::vector<IncidentRecord> records(const std::string& check) const;
  /// Whether a finding is not confirmed yet.
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
  std::vector<Finding> problems_;  // As last seen.
  std::vector<Finding> unknown_findings_;
  Status status_ = Status::unknown;
  TimePoint since_{};
  bool is_known_ = false;
};

}  // namespace holdfast
