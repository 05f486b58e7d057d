// SPDX-License-Identifier: Apache-2.0
// The clocks from which the history finds the causes of gaps, and the boot id. Any thread.
#pragma once

#include <chrono>
#include <string>

#include "checks/base/limits.h"

namespace holdfast {

/// All clocks at one moment.
struct Moment {
  std::chrono::system_clock::time_point wall;
  Duration awake{};       ///< Since boot, not counting time asleep (CLOCK_MONOTONIC).
  Duration since_boot{};  ///< Since boot, asleep or not (CLOCK_BOOTTIME).
};

class HistoryClock {
 public:
  virtual ~HistoryClock() = default;
  [[nodiscard]] virtual Moment now() const = 0;
  /// Different after each boot; empty where the system has none.
  [[nodiscard]] virtual std::string boot_id() const = 0;
};
[[nodiscard]] const HistoryClock& machine_clock();

}  // namespace holdfast
