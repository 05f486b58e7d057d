// SPDX-License-Identifier: Apache-2.0
// SIGTERM, SIGINT and SIGHUP as a descriptor: blocked in every thread, read by main's. Construct
// before starting threads, which inherit the mask.
#pragma once

#include <optional>

#include "checks/base/limits.h"

namespace holdfast {

class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The next signal, or empty after `timeout` or once `other_fd` is readable.
  [[nodiscard]] std::optional<int> wait(Duration timeout, int other_fd) const;

 private:
  int fd_;
};

}  // namespace holdfast
