// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/clock.h"

namespace holdfast {
namespace {

class SystemClock : public Clock {
 public:
  [[nodiscard]] Now now() const override {
    return {std::chrono::system_clock::now(), std::chrono::steady_clock::now()};
  }
};

}  // namespace

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace holdfast
