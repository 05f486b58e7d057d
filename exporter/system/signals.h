// SPDX-License-Identifier: Apache-2.0
// Signals as something to poll: blocked in every thread, read from one descriptor by main's. Make
// one before any other thread starts, since threads inherit the mask.
#pragma once

#include <optional>

#include "checks/base/limits.h"

namespace holdfast {

class Signals {
 public:
  Signals();  ///< SIGTERM, SIGINT and SIGHUP.
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// The next signal, or empty after `patience` or once `other_fd` is readable.
  [[nodiscard]] std::optional<int> wait(Duration patience, int other_fd) const;

 private:
  int fd_;
};

}  // namespace holdfast
