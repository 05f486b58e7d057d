// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/restarts.h"

#include <algorithm>
#include <cmath>

namespace holdfast::pm2 {
namespace {

constexpr double kHour = 3600;
constexpr double kMinutes = 60;
constexpr double kLargestCounter = 9e15;  // Above it a double is not exact.

}  // namespace

double RestartHistory::add(double new_counter, double now) {
  new_counter = std::min(new_counter, kLargestCounter);
  double restarts = new_counter - counter;
  if (restarts < 0) {
    // The counter was reset to zero: its value is the restarts since then, and earlier ones are
    // dropped.
    minutes.clear();
    since = now;
    restarts = new_counter;
  }
  counter = new_counter;
  const double minute = std::floor(now / 60);
  // Minutes in the future are dropped too: the clock may have been set back.
  std::erase_if(minutes, [&](const Minute& one) {
    return one.minute <= minute - kMinutes || one.minute > minute;
  });
  if (restarts > 0) {
    if (minutes.empty() || minutes.back().minute != minute) minutes.push_back({minute, 0});
    minutes.back().restarts += restarts;
  }
  return restarts;
}

double RestartHistory::in_last_hour() const {
  double sum = 0;
  for (const Minute& one : minutes) sum += one.restarts;
  return sum;
}

double RestartHistory::observed(double now) const { return std::clamp(now - since, 0.0, kHour); }

}  // namespace holdfast::pm2
