// SPDX-License-Identifier: Apache-2.0
// What has been recorded and is not written yet. Bounded: while a disk is full, the oldest readings
// are left out and counted. Not thread-safe: the history holds it under its lock.
#pragma once

#include "exporter/history/history_writer.h"

namespace holdfast {

/// An hour of twenty checks twice over; some 10 MB at the worst.
inline constexpr std::size_t kMaxWaiting = 10'000;

class WriteQueue {
 public:
  void add(Observation seen);
  void remember(const std::string& check, const Memory& memory) {
    batch_.memories.insert_or_assign(check, memory);
  }
  void note(const std::string& key, const std::string& value) {
    batch_.notes.insert_or_assign(key, value);
  }
  void gap(const Gap& gap) { batch_.gaps.push_back(gap); }
  void change(LimitChange change) { batch_.changes.push_back(std::move(change)); }
  void done(std::int64_t action) { batch_.done_actions.push_back(action); }
  /// Everything, to be written.
  [[nodiscard]] HistoryBatch take();
  /// What could not be written; what came meanwhile stands above it.
  void give_back(HistoryBatch batch);
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  void bound();
  HistoryBatch batch_;
  std::uint64_t left_out_ = 0;
};

}  // namespace holdfast
