// SPDX-License-Identifier: Apache-2.0
// Where the exporter reads the wall and the steady clock. Any thread.
#pragma once

#include "checks/run.h"

namespace holdfast {

/// Both clocks at once; tests step them.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Now now() const {
    return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
  }
};
[[nodiscard]] inline const Clock& system_clock() {
  static const Clock clock;
  return clock;
}

}  // namespace holdfast
