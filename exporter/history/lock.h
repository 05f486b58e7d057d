// SPDX-License-Identifier: Apache-2.0
// One writer for a history: a lock on "<path>.lock" that ends with the process, however it ends.
// The lock file is never deleted: a lock on a deleted file protects nothing. One thread.
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

  /// For the history at that path. Error: `busy`, when another process holds it. Empty where no
  /// lock file can be created (a read-only directory): nothing can be written there anyway.
  [[nodiscard]] static Result<HistoryLock> take(const std::string& path);

 private:
  explicit HistoryLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

}  // namespace holdfast
