// SPDX-License-Identifier: Apache-2.0
// The samples and notes of the sessions.
#include "checks/whatsapp/judge_parts.h"

namespace holdfast::whatsapp {
namespace {

constexpr const char* kOthers = "_other";

}  // namespace

void add_samples(const State& state, Reading& reading) {
  const auto add = [&](std::string_view metric, std::vector<std::string> labels, double value) {
    reading.samples.push_back({&whatsapp_kind().metric(metric), std::move(labels), value});
  };
  if (state.auth_records) add("whatsapp_auth_records", {}, *state.auth_records);
  add("whatsapp_sessions", {}, static_cast<double>(state.sessions.size()) + state.rest_sessions);
  for (const auto& [name, session] : state.sessions) {
    for (const auto& [type, mark] : session.types) {
      add("whatsapp_keys", {name, type}, mark.count().live);
      add("whatsapp_baseline_keys", {name, type}, mark.high());
    }
    add("whatsapp_expired_keys", {name}, session.all().expired);
    add("whatsapp_expiring_keys", {name}, session.all().due[kDayHorizon]);
    if (session.last_write)
      add("whatsapp_last_write_timestamp_seconds", {name}, *session.last_write);
  }
  if (state.rest.empty()) return;
  KeyCount all;
  for (const auto& [type, count] : state.rest) {
    add("whatsapp_keys", {kOthers, type}, count.live);
    all += count;
  }
  add("whatsapp_expired_keys", {kOthers}, all.expired);
  add("whatsapp_expiring_keys", {kOthers}, all.due[kDayHorizon]);
}

void add_notes(const State& state, const Facts& facts, Reading& reading) {
  double live = 0;
  std::string list;
  for (const auto& [type, count] : state.by_type()) {
    live += count.live;
    list += (list.empty() ? "" : ", ") + type + " " + number_text(count.live);
  }
  std::string note;
  if (state.auth_records) note = render_count(*state.auth_records, "auth record") + ", ";
  note += render_count(live, "live key");
  const double sessions = static_cast<double>(state.sessions.size()) + state.rest_sessions;
  reading.notes.push_back(note + " in " + render_count(sessions, "session"));
  if (!list.empty()) reading.notes.push_back(list);
  if (state.scanned_at && facts.at - *state.scanned_at >= 1) {
    reading.notes.push_back("last full scan " +
                            render_value(facts.at - *state.scanned_at, Unit::seconds) +
                            " ago; this run read single sessions");
  }
  if (state.rest_sessions > 0)
    reading.notes.push_back(render_count(state.rest_sessions, "session") + " beyond the first " +
                            number_text(kMaxSessions) + " are counted together");
  if (facts.is_truncated) {
    reading.not_judged.emplace_back("whatsapp_keys");
    reading.notes.emplace_back("there are more sessions than can be read: totals are too low");
  }
}

}  // namespace holdfast::whatsapp
