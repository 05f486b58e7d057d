// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/state.h"

#include <algorithm>
#include <cmath>

#include "checks/memory_json.h"

namespace holdfast::pm2 {

using nlohmann::json;

static constexpr double kMinutes = 60;           // Of an hour.
static constexpr double kLargestCounter = 9e15;  // Above it a double is not exact.

// Arrays of numbers: 500 histories of 61 minutes must fit.
static void to_json(json& out, const RestartHistory::Minute& minute) {
  out = {minute.minute, minute.restarts};
}
static void from_json(const json& in, RestartHistory::Minute& minute) {
  in.at(0).get_to(minute.minute);
  in.at(1).get_to(minute.restarts);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(RestartHistory, counter, since, minutes)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KnownProcess, name, pm_id, restarts)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Wave, at, within, names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Replacement, at, predecessor)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(State, at, daemon_pid, pm2_version, processes,
                                                last_ids, wave, replacement, homes, homes_at)

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

double RestartHistory::observed(double now) const {
  return std::clamp(now - since, 0.0, kMinutes * 60);
}

State State::load(const Memory& memory) { return load_state<State>(memory); }
Memory State::save() const { return save_state(*this); }

}  // namespace holdfast::pm2
