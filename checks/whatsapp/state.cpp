// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/state.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace holdfast::whatsapp {
namespace {

constexpr std::string_view kLook = "look/";            // look/<session>/<type>: the last count
constexpr std::string_view kMarks = "baseline/keys/";  // …/<session>/<type>: its high water
constexpr std::string_view kSession = "session/";      // session/<session>/auth, …/write
constexpr std::string_view kRest = "rest/";            // rest/<type>: live, and rest//sessions

/// "<session>/<last part>", split; a session's name may hold slashes, a type may not.
std::pair<std::string, std::string> split(std::string_view key) {
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos) return {};
  return {std::string(key.substr(0, slash)), std::string(key.substr(slash + 1))};
}

std::string key_of(std::string_view prefix, const std::string& session, const std::string& last) {
  return std::string(prefix) + session + "/" + last;
}

}  // namespace

double Known::live() const {
  double sum = 0;
  for (const auto& [type, mark] : types) sum += mark.count().live;
  return sum;
}
double Known::live(const std::string& type) const {
  const auto found = types.find(type);
  return found == types.end() ? 0 : found->second.count().live;
}
double Known::expired() const {
  double sum = 0;
  for (const auto& [type, mark] : types) sum += mark.count().expired;
  return sum;
}
double Known::expiring() const {
  double sum = 0;
  for (const auto& [type, mark] : types) sum += mark.count().due[kDayHorizon];
  return sum;
}

State State::load(const Memory& memory) {
  State state;
  state.whole_at = memory.number("whole_at");
  for (const auto& [key, value] : memory.with_prefix(kSession)) {
    const auto [session, what] = split(std::string_view(key).substr(kSession.size()));
    const auto* number = std::get_if<double>(&value);
    if (!number) continue;
    if (what == "auth") state.sessions[session].auth_records = *number;
    if (what == "write") state.sessions[session].last_write = *number;
  }
  for (const auto& [key, value] : memory.with_prefix(kLook)) {
    const auto [session, type] = split(std::string_view(key).substr(kLook.size()));
    const auto* count = std::get_if<std::string>(&value);
    if (!count) continue;
    const std::string marks = memory.text(key_of(kMarks, session, type)).value_or("");
    if (auto mark = HighWaterMark::parse(*count, marks))
      state.sessions[session].types[type] = *mark;
  }
  for (const auto& [key, value] : memory.with_prefix(kRest)) {
    const auto [what, type] = split(std::string_view(key).substr(kRest.size()));
    const auto* number = std::get_if<double>(&value);
    if (!number) continue;
    if (what == "sessions") state.rest_sessions = *number;
    if (what == "live") state.rest[type].live = *number;
    if (what == "expired") state.rest[type].expired = *number;
    if (what == "expiring") state.rest[type].due[kDayHorizon] = *number;
  }
  return state;
}

void State::save(Memory& memory) const {
  if (whole_at) memory.set("whole_at", *whole_at);
  for (const auto& [name, session] : sessions) {
    memory.set(key_of(kSession, name, "auth"), session.auth_records);
    if (session.last_write) memory.set(key_of(kSession, name, "write"), *session.last_write);
    for (const auto& [type, mark] : session.types) {
      memory.set(key_of(kLook, name, type), mark.render_count());
      memory.set(key_of(kMarks, name, type), mark.render_marks());
    }
  }
  if (rest_sessions > 0) memory.set("rest/sessions/", rest_sessions);
  for (const auto& [type, count] : rest) {
    memory.set("rest/live/" + type, count.live);
    memory.set("rest/expired/" + type, count.expired);
    memory.set("rest/expiring/" + type, count.due[kDayHorizon]);
  }
}

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
  if (facts.whole) {
    whole_at = facts.at;
    rest.clear();
    rest_sessions = 0;
  }
  for (auto& [name, known] : sessions) known.is_configured = false;
  std::set<std::string_view> seen;
  // Configured ones first, then those that are known already: they are never pushed out.
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
    } else if (facts.whole) {
      rest_sessions += 1;
      for (const auto& [type, count] : session->types) rest[type] += count;
    }
  }
  // A whole look that does not show a session says that nothing of it is left.
  if (!facts.whole || facts.cut) return;
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
