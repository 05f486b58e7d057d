// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/state.h"

#include "checks/memory_json.h"

namespace holdfast::pm2 {

using nlohmann::json;

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

State State::load(const Memory& memory) { return load_state<State>(memory); }
Memory State::save() const { return save_state(*this); }

}  // namespace holdfast::pm2
