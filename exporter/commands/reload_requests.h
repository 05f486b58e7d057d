// SPDX-License-Identifier: Apache-2.0
// Passes reload requests from the HTTP server's threads to the main thread: parsing YAML needs a
// larger stack than theirs, and reloads must not overlap. Any thread may request; one serves.
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

  /// Requests a reload and waits at most `patience`; whether the new configuration was loaded.
  [[nodiscard]] bool request(Duration patience);
  /// Readable while a request is pending.
  [[nodiscard]] int fd() const { return fd_; }
  /// Handles all pending requests with one reload.
  void serve(const std::function<bool()>& reload);

 private:
  std::mutex mutex_;
  std::condition_variable done_;
  std::uint64_t requested_ = 0;
  std::uint64_t served_ = 0;  // Requests up to this number are answered.
  bool last_answer_ = false;
  int fd_;
};

}  // namespace holdfast
