// SPDX-License-Identifier: Apache-2.0
// Passes reload requests from the HTTP server's threads to the main thread: parsing YAML needs a
// larger stack than theirs, and reloads must not overlap. Any thread may request; one serves.
#pragma once

#include <functional>
#include <future>
#include <mutex>
#include <vector>

#include "checks/base/limits.h"
#include "exporter/system/event.h"

namespace holdfast {

class ReloadRequests {
 public:
  /// Requests a reload and waits at most `patience`; whether the new configuration was loaded.
  [[nodiscard]] bool request(Duration patience);
  /// Readable while a request is pending.
  [[nodiscard]] int fd() const { return requested_.fd(); }
  /// Handles all pending requests with one reload.
  void serve(const std::function<bool()>& reload);

 private:
  Event requested_;
  std::mutex mutex_;
  std::vector<std::promise<bool>> pending_;  // Under mutex_.
};

}  // namespace holdfast
