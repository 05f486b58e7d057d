// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/state.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "checks/memory_json.h"

namespace holdfast::whatsapp {

using nlohmann::json;

// Arrays of numbers, since there are hundreds of them: names would be most of the bytes.
static void to_json(json& out, const KeyCount& keys) { out = {keys.live, keys.expired, keys.due}; }
static void from_json(const json& in, KeyCount& keys) {
  in.at(0).get_to(keys.live);
  in.at(1).get_to(keys.expired);
  in.at(2).get_to(keys.due);
}
static void to_json(json& out, const TimedCount& count) { out = {count.at, count.keys}; }
static void from_json(const json& in, TimedCount& count) {
  in.at(0).get_to(count.at);
  in.at(1).get_to(count.keys);
}
static void to_json(json& out, const Marks::Mark& mark) { out = {mark.hour, mark.height}; }
static void from_json(const json& in, Marks::Mark& mark) {
  in.at(0).get_to(mark.hour);
  in.at(1).get_to(mark.height);
}
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(Marks, gone, marks)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(CredentialsBaseline, identity, next_pre_key_id)

// The counts go into the session, the marks into the baseline, which `baseline accept` removes.
static void to_json(json& out, const State& state) {
  out = {{"sessions", json::object()},           {"rest", state.rest},
         {"rest_sessions", state.rest_sessions}, {"scanned_at", state.scanned_at},
         {"scan_run_at", state.scan_run_at},     {"auth_records", state.auth_records},
         {"largest_key", state.largest_key},     {"baseline", state.credentials}};
  json& keys = out["baseline"]["keys"] = json::object();
  for (const auto& [name, session] : state.sessions) {
    json& kept = out["sessions"][name];
    kept = {{"auth_records", session.auth_records}, {"last_write", session.last_write}};
    for (const auto& [type, mark] : session.types) {
      kept["counts"][type] = mark.last();
      keys[name][type] = mark.baseline();
    }
  }
}

static void from_json(const json& in, State& state) {
  in.at("rest").get_to(state.rest);
  in.at("rest_sessions").get_to(state.rest_sessions);
  in.at("scanned_at").get_to(state.scanned_at);
  in.at("scan_run_at").get_to(state.scan_run_at);
  in.at("auth_records").get_to(state.auth_records);
  in.at("largest_key").get_to(state.largest_key);
  const json baseline = in.value("baseline", json::object());
  baseline.get_to(state.credentials);
  using ByType = std::map<std::string, Marks>;
  const auto marks = baseline.value("keys", std::map<std::string, ByType>());
  for (const auto& [name, kept] : in.at("sessions").items()) {
    Known& session = state.sessions[name];
    kept.at("auth_records").get_to(session.auth_records);
    kept.at("last_write").get_to(session.last_write);
    const auto known = marks.find(name);
    for (const auto& [type, count] : kept.value("counts", std::map<std::string, TimedCount>())) {
      const auto mark = known == marks.end() ? ByType::const_iterator() : known->second.find(type);
      const bool is_marked = known != marks.end() && mark != known->second.end();
      session.types[type] = HighWaterMark(count, is_marked ? mark->second : Marks{});
    }
  }
}

KeyCount Known::all() const {
  KeyCount sum;
  for (const auto& [type, mark] : types) sum += mark.count();
  return sum;
}

double Known::live(const std::string& type) const {
  const auto found = types.find(type);
  return found == types.end() ? 0 : found->second.count().live;
}

std::map<std::string, KeyCount> State::by_type() const {
  std::map<std::string, KeyCount> sums = rest;
  for (const auto& [name, session] : sessions)
    for (const auto& [type, mark] : session.types) sums[type] += mark.count();
  return sums;
}

State State::load(const Memory& memory) { return load_state<State>(memory); }
Memory State::save() const { return save_state(*this); }

void State::merge_session(const Session& session, double at) {
  Known& known = sessions[session.name];
  known.is_configured = session.is_configured;
  known.auth_records = session.auth_records;
  known.last_write = session.last_write;
  for (const auto& [type, count] : session.types) known.types[type];
  for (auto& [type, mark] : known.types) {
    const auto seen = session.types.find(type);
    mark.observe(seen == session.types.end() ? KeyCount{} : seen->second, at);
  }
}

void State::merge(const Facts& facts) {
  // Where auth records share the keys' table, their number is that of the last full scan.
  if (facts.auth_records) auth_records = facts.auth_records;
  if (facts.is_full_scan) {
    scanned_at = facts.at;
    rest.clear();
    rest_sessions = 0;
  }
  for (auto& [name, known] : sessions) known.is_configured = false;
  std::set<std::string_view> seen;
  // Configured ones first, then known ones: new sessions never displace them.
  std::vector<const Session*> order;
  for (const Session& session : facts.sessions) order.push_back(&session);
  const auto rank = [&](const Session* s) {
    return s->is_configured ? 0 : sessions.contains(s->name) ? 1 : 2;
  };
  std::ranges::stable_sort(order, std::ranges::less{}, rank);
  for (const Session* session : order) {
    seen.insert(session->name);
    if (sessions.contains(session->name) || sessions.size() < kMaxSessions) {
      merge_session(*session, facts.at);
    } else if (facts.is_full_scan) {
      rest_sessions += 1;
      for (const auto& [type, count] : session->types) rest[type] += count;
    }
  }
  // A session that a full scan does not find has no keys left.
  if (!facts.is_full_scan || facts.is_truncated) return;
  for (auto it = sessions.begin(); it != sessions.end();) {
    if (seen.contains(it->first)) {
      ++it;
      continue;
    }
    merge_session({.name = it->first}, facts.at);
    const bool is_forgotten = std::ranges::all_of(
        it->second.types, [](const auto& entry) { return entry.second.high() <= 0; });
    it = is_forgotten ? sessions.erase(it) : std::next(it);
  }
}

}  // namespace holdfast::whatsapp
