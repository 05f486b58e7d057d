// SPDX-License-Identifier: Apache-2.0
// The clocks by which the history tells why nobody looked, and the machine's boot. Any thread.
#pragma once

#include <chrono>
#include <string>

#include "checks/base/limits.h"

namespace holdfast {

/// One look at all clocks.
struct Moment {
  std::chrono::system_clock::time_point wall;
  Duration awake{};       ///< Since boot, not counting time asleep (CLOCK_MONOTONIC).
  Duration since_boot{};  ///< Since boot, asleep or not (CLOCK_BOOTTIME).
};

class HistoryClock {
 public:
  virtual ~HistoryClock() = default;
  [[nodiscard]] virtual Moment now() const = 0;
  /// Another text after each boot; empty where the system does not tell.
  [[nodiscard]] virtual std::string boot_id() const = 0;
};
[[nodiscard]] const HistoryClock& machine_clock();

}  // namespace holdfast
