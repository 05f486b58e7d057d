// SPDX-License-Identifier: Apache-2.0
// What is recorded and not written yet. Bounded: while the disk is full the oldest readings are
// dropped and counted. Not thread-safe: the history guards it with its lock.
#pragma once

#include "exporter/history/history_writer.h"

namespace holdfast {

/// Two hours of twenty checks; about 10 MB at most.
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
  /// Empties the queue.
  [[nodiscard]] HistoryBatch take();
  /// Puts back what could not be written; newer values of the same key win.
  void give_back(HistoryBatch batch);
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  void bound();
  HistoryBatch batch_;
  std::uint64_t left_out_ = 0;
};

}  // namespace holdfast
