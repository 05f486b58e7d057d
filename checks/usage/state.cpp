// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/state.h"

#include "checks/memory_json.h"

namespace holdfast::usage {

using nlohmann::json;

// Arrays of numbers: a table with a rate has up to 25 marks.
static void to_json(json& out, const KnownTable::Mark& mark) { out = {mark.clock, mark.rows}; }
static void from_json(const json& in, KnownTable::Mark& mark) {
  in.at(0).get_to(mark.clock);
  in.at(1).get_to(mark.rows);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(KnownTable, inserted, updated, deleted, written_at,
                                                last_rows, marks, rows)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Breach, seen_at, count)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Counting, server, started, reset, in_recovery)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(State, last_run_at, baseline_at, clock, counting,
                                                tables, used_at, used_clock, used_by, applications,
                                                sessions, writes)

State State::load(const Memory& memory) { return load_state<State>(memory); }
Memory State::save() const { return save_state(*this); }

}  // namespace holdfast::usage
