// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/judge.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "checks/whatsapp/credentials.h"
#include "checks/whatsapp/losses.h"
#include "checks/whatsapp/samples.h"
#include "checks/whatsapp/state.h"
#include "checks/whatsapp/text.h"

namespace holdfast::whatsapp {
namespace {

class Judgement {
 public:
  Judgement(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now)
      : settings_(settings),
        facts_(facts),
        now_(epoch_seconds(now.wall)),
        state_(State::load(memory)),
        credentials_(std::exchange(state_.credentials, {})) {}

  Reading judge();

 private:
  void judge_records();
  void judge_session(const std::string& name, Known& session);
  void judge_presence(const std::string& name, const Known& session);
  void judge_dates(const std::string& name, const Known& session);
  void judge_expired();
  void judge_types();
  void judge_largest();
  void judge_view();

  const Settings& settings_;
  const Facts& facts_;
  double now_;
  State state_;
  CredentialsBaseline credentials_;  // As the last run left it; the new one is in state_.
  Reading reading_;
  bool had_no_baseline_ = false;
};

void Judgement::judge_records() {
  const auto& expected = settings_.auth_records;
  if (!expected || !state_.auth_records || *state_.auth_records == *expected) return;
  const double records = *state_.auth_records;
  const bool is_fewer = records < *expected;
  std::string text =
      render_count(records, "auth record is there", "auth records are there") + " instead of " +
      number_text(*expected) + ": " +
      (is_fewer ? "a session has lost its credentials" : "nobody expects the other") +
      (records - *expected > 1 ? "s." : ".");
  if (records == 0) {
    text = "No auth record is there (" + number_text(*expected) +
           " expected): the credentials of every session are gone.";
    if (facts_.row_security)
      text += " Row security is on: perhaps Holdfast's role may only not see them.";
  }
  reading_.find("whatsapp_auth_records", is_fewer ? Severity::critical : Severity::warning, "",
                text);
}

void Judgement::judge_presence(const std::string& name, const Known& session) {
  const double keys = session.live() + session.expired();
  const bool has_auth = session.auth_records > 0;
  if (!has_auth && keys > 0) {
    reading_.find("whatsapp_credentials_missing", Severity::critical, name,
                  keys_text(keys) + " of " + name + (keys == 1 ? " is" : " are") +
                      " there, but no credentials: the session cannot start.");
  } else if (has_auth && keys <= 0) {
    reading_.find(
        "whatsapp_keys_missing", Severity::critical, name,
        "The credentials of " + name + " are there, but not one key: nothing can be decrypted.");
  } else if (!has_auth && session.is_configured) {
    reading_.find("whatsapp_session_missing", Severity::critical, name,
                  name + " has neither credentials nor keys here.");
  } else if (has_auth && session.live("pre-key") <= 0) {
    reading_.find("whatsapp_no_pre_keys", Severity::critical, name,
                  name + " has no pre-key left: nobody new can write to it.");
  }
}

void Judgement::judge_dates(const std::string& name, const Known& session) {
  const double live = session.live();
  const double expiring = session.expiring();
  if (live >= kFewKeys) {
    if (const Status status = settings_.expiring.judge(expiring / live); status != Status::ok) {
      reading_.find("whatsapp_keys_expiring", severity_of(status), name,
                    number_text(expiring) + " of " + number_text(live) + " live keys of " + name +
                        " expire within a day (" + render_value(expiring / live, Unit::ratio) +
                        ", " + limit_text(settings_.expiring, status) +
                        "): keys written in one night expire in one night.");
    }
  }
  if (!session.last_write) return;
  const double age = std::max(0.0, facts_.at - *session.last_write);
  if (const Status status = settings_.last_write.judge(age); status != Status::ok) {
    reading_.find(
        "whatsapp_no_writes", severity_of(status), name,
        "Nothing has been written for " + name + " for " + render_value(age, Unit::seconds) + " (" +
            limit_text(settings_.last_write, status) + "): is this the database the service uses?");
  }
}

void Judgement::judge_session(const std::string& name, Known& session) {
  judge_presence(name, session);
  judge_dates(name, session);
  for (const auto& [type, mark] : session.types)
    had_no_baseline_ = had_no_baseline_ || mark.is_new();
  if (auto lost = judge_losses(settings_, name, session)) {
    reading_.findings.push_back(*std::move(lost));
  } else {
    // Only while nothing is missing does a day pass: a loss does not heal by being old.
    for (auto& [type, mark] : session.types) mark.forget(facts_.at);
  }
  for (const Credentials& credentials : facts_.credentials)
    if (credentials.name == name)
      for (Finding& finding :
           judge_credentials(credentials, session, credentials_, state_.credentials))
        reading_.findings.push_back(std::move(finding));
}

void Judgement::judge_expired() {
  double expired = 0;
  for (const auto& [name, session] : state_.sessions) expired += session.expired();
  for (const auto& [type, count] : state_.rest) expired += count.expired;
  const Status status = settings_.expired.judge(expired);
  if (status == Status::ok) return;
  reading_.find("whatsapp_keys_expired", severity_of(status), "",
                render_count(expired, "key has", "keys have") + " expired and still lie in " +
                    settings_.tables.keys + " (" + limit_text(settings_.expired, status) +
                    "): nobody renews them, and nobody cleans up.");
}

void Judgement::judge_types() {
  std::map<std::string, double> unknown;
  for (const auto& [name, session] : state_.sessions)
    for (const auto& [type, mark] : session.types) {
      const double keys = mark.count().live + mark.count().expired;
      const bool is_known = std::ranges::count(baileys_types(), type) > 0 ||
                            std::ranges::count(settings_.known_types, type) > 0;
      if (!is_known && keys > 0) unknown[type] += keys;
    }
  for (const auto& [type, keys] : unknown) {
    reading_.find("whatsapp_unknown_type", Severity::info, type,
                  type == "other"
                      ? keys_text(keys) + (keys == 1 ? " has a type" : " have types") +
                            " that Baileys does not know."
                      : keys_text(keys) + (keys == 1 ? " has" : " have") + " the type " + type +
                            ", which Baileys does not know and never reads: perhaps the names "
                            "were cut wrong when they were moved.");
  }
}

void Judgement::judge_largest() {
  if (facts_.whole) state_.largest_key = facts_.largest_key;
  std::erase_if(state_.largest_key,
                [&](const auto& one) { return !state_.sessions.contains(one.first); });
  for (const auto& [name, bytes] : state_.largest_key) {
    reading_.samples.push_back(
        {&whatsapp_kind().metric("whatsapp_largest_key_bytes"), {name}, bytes});
    const Status status = settings_.largest_key.judge(bytes);
    if (status == Status::ok) continue;
    reading_.find("whatsapp_large_key", severity_of(status), name,
                  "The largest key of " + name + " takes " + render_value(bytes, Unit::bytes) +
                      " (" + limit_text(settings_.largest_key, status) +
                      "): a session that is set up anew again and again grows like this.");
  }
}

void Judgement::judge_view() {
  if (facts_.view == View::seen) {
    for (const auto& [name, session] : state_.sessions)
      if (session.auth_records > 0 &&
          std::ranges::count(facts_.credentials, name, &Credentials::name) == 0) {
        reading_.not_judged.emplace_back("credentials");
        reading_.notes.emplace_back("the credentials of the first " + number_text(kMaxFound) +
                                    " sessions are judged; name others in `sessions`");
        return;
      }
    return;
  }
  reading_.not_judged.emplace_back("credentials");
  state_.credentials = credentials_;
  if (facts_.view == View::not_named) return;
  const std::string what = facts_.view == View::missing    ? " is not there"
                           : facts_.view == View::no_right ? " may not be read"
                                                           : " is of another version";
  reading_.find("whatsapp_view", Severity::info, "",
                "The credentials are not judged: the view " + settings_.tables.view + what +
                    " (deploy/sql/whatsapp.sql makes it).");
}

Reading Judgement::judge() {
  state_.merge(facts_);
  judge_records();
  for (auto& [name, session] : state_.sessions) judge_session(name, session);
  judge_expired();
  judge_types();
  judge_largest();
  judge_view();
  const bool has_drop = settings_.drop.warning || settings_.drop.critical;
  if (has_drop && (had_no_baseline_ || state_.sessions.empty()))
    reading_.not_judged.emplace_back("drop");
  add_samples(state_, reading_);
  add_notes(state_, facts_, reading_);
  if (facts_.whole) state_.scan_run_at = now_;
  reading_.memory = state_.save();
  return std::move(reading_);
}

}  // namespace

const std::vector<std::string>& baileys_types() {
  static const std::vector<std::string> types{"pre-key",
                                              "session",
                                              "sender-key",
                                              "sender-key-memory",
                                              "identity-key",
                                              "app-state-sync-key",
                                              "device-list",
                                              "lid-mapping",
                                              "app-state-sync-version",
                                              "tctoken"};
  return types;
}

bool needs_whole(const Memory& memory, const Now& now) {
  const auto last = State::load(memory).scan_run_at;  // The server's clock may be wrong.
  return !last || std::abs(epoch_seconds(now.wall) - *last) >= seconds(kWholeEvery);
}

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  return Judgement(settings, facts, memory, now).judge();
}

}  // namespace holdfast::whatsapp
