// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/clock.h"

#include <ctime>
#include <fstream>

namespace holdfast {
namespace {

Duration read_clock(clockid_t id) {
  timespec time{};
  ::clock_gettime(id, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

class MachineClock : public HistoryClock {
 public:
  [[nodiscard]] Moment now() const override {
    return {std::chrono::system_clock::now(), read_clock(CLOCK_MONOTONIC),
            read_clock(CLOCK_BOOTTIME)};
  }
  [[nodiscard]] std::string boot_id() const override {
    std::string id;
    std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
    return id;
  }
};

}  // namespace

const HistoryClock& machine_clock() {
  static const MachineClock clock;
  return clock;
}

}  // namespace holdfast
