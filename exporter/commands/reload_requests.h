// SPDX-License-Identifier: Apache-2.0
// Where the port's workers ask for a reload and main's thread does it: reading YAML needs a larger
// stack than theirs, and two reloads must not cross. Any thread may ask; one serves.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "checks/base/limits.h"

namespace holdfast {

class ReloadRequests {
 public:
  ReloadRequests();
  ~ReloadRequests();
  ReloadRequests(const ReloadRequests&) = delete;
  ReloadRequests& operator=(const ReloadRequests&) = delete;

  /// Asks, and waits at most `patience`; whether the new configuration was taken.
  [[nodiscard]] bool ask(Duration patience);
  /// Readable while somebody waits.
  [[nodiscard]] int fd() const { return fd_; }
  /// Does what was asked for, once for all who wait.
  void serve(const std::function<bool()>& reload);

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::uint64_t asked_ = 0;
  std::uint64_t served_ = 0;  // All who asked up to this number have their answer.
  bool last_answer_ = false;
  int fd_;
};

}  // namespace holdfast
