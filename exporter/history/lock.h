// SPDX-License-Identifier: Apache-2.0
// One writer for a history: a lock on "<path>.lock" that ends with the process, however it ends.
// The file stays, since a lock on a file that is taken away locks nothing. One thread.
#pragma once

#include <string>

#include "checks/base/result.h"

namespace holdfast {

class HistoryLock {
 public:
  HistoryLock() = default;
  ~HistoryLock();
  HistoryLock(HistoryLock&& other) noexcept;
  HistoryLock& operator=(HistoryLock&&) = delete;
  HistoryLock(const HistoryLock&) = delete;
  HistoryLock& operator=(const HistoryLock&) = delete;

  /// For the history at that path. Error: `busy`, when another process has it. Where the system
  /// gives no lock at all (a read-only folder) there is nothing to protect, and the lock is empty.
  [[nodiscard]] static Result<HistoryLock> take(const std::string& path);

 private:
  explicit HistoryLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace holdfast
