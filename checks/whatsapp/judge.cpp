// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/judge.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "checks/whatsapp/judge_parts.h"

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

  Reading judge() {
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
    if (facts_.is_full_scan) state_.scan_run_at = now_;
    reading_.memory = state_.save();
    return std::move(reading_);
  }

 private:
  void judge_records() {
    const auto& expected = settings_.auth_records;
    if (!expected || !state_.auth_records || *state_.auth_records == *expected) return;
    const double records = *state_.auth_records;
    const bool is_fewer = records < *expected;
    const double off = std::abs(records - *expected);
    std::string text = "The database has " + render_count(records, "auth record") + " instead of " +
                       number_text(*expected) + ": ";
    if (records == 0)
      text += "the credentials of every session are missing.";
    else if (is_fewer)
      text += "the credentials of " + render_count(off, "session") + " are missing.";
    else
      text += render_count(off, "session is", "sessions are") + " unexpected.";
    if (records == 0 && facts_.row_security)
      text += " Row security is enabled and may hide them from Holdfast's role.";
    reading_.find("whatsapp_auth_records", is_fewer ? Severity::critical : Severity::warning, "",
                  text);
  }

  void judge_presence(const std::string& name, const Known& session) {
    const double keys = session.all().live + session.all().expired;
    const bool has_auth = session.auth_records > 0;
    if (!has_auth && keys > 0) {
      reading_.find("whatsapp_credentials_missing", Severity::critical, name,
                    render_count(keys, "key") + " of " + name + (keys == 1 ? " is" : " are") +
                        " present, but its credentials are missing: the session cannot start.");
    } else if (has_auth && keys <= 0) {
      reading_.find("whatsapp_keys_missing", Severity::critical, name,
                    "The credentials of " + name +
                        " are present, but it has no keys: nothing can be decrypted.");
    } else if (!has_auth && session.is_configured) {
      reading_.find("whatsapp_session_missing", Severity::critical, name,
                    name + " has neither credentials nor keys in " + settings_.database + ".");
    } else if (has_auth && session.live("pre-key") <= 0) {
      reading_.find("whatsapp_no_pre_keys", Severity::critical, name,
                    name + " has no pre-key left: new contacts cannot write to it.");
    }
  }

  void judge_dates(const std::string& name, const Known& session) {
    const double live = session.all().live;
    const double expiring = session.all().due[kDayHorizon];
    if (live >= kMinKeysForRatio)
      reading_.find_beyond(settings_.expiring, expiring / live, "whatsapp_keys_expiring", name,
                           number_text(expiring) + " of " + number_text(live) + " live keys of " +
                               name + " (" + render_value(expiring / live, Unit::ratio) +
                               ") expire within a day",
                           ": keys written together expire together.");
    if (!session.last_write) return;
    const double age = std::max(0.0, facts_.at - *session.last_write);
    reading_.find_beyond(
        settings_.last_write, age, "whatsapp_no_writes", name,
        "Nothing has been written for " + name + " for " + render_value(age, Unit::seconds),
        ": the service may be using another database.");
  }

  void judge_session(const std::string& name, Known& session) {
    judge_presence(name, session);
    judge_dates(name, session);
    for (const auto& [type, mark] : session.types)
      had_no_baseline_ = had_no_baseline_ || mark.is_new();
    // A loss does not end by becoming older than a day.
    if (!judge_losses(settings_, name, session, reading_))
      for (auto& [type, mark] : session.types) mark.forget(facts_.at);
    for (const Credentials& credentials : facts_.credentials)
      if (credentials.name == name)
        judge_credentials(credentials, session, credentials_, state_.credentials, reading_);
  }

  void judge_expired() {
    double expired = 0;
    for (const auto& [type, count] : state_.by_type()) expired += count.expired;
    reading_.find_beyond(settings_.expired, expired, "whatsapp_keys_expired", "",
                         render_count(expired, "expired key is", "expired keys are") +
                             " still in " + settings_.tables.keys,
                         ": they are neither renewed nor deleted.");
  }

  void judge_types() {
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
                    render_count(keys, "key") + (keys == 1 ? " has" : " have") +
                        (type == "other" ? " a type that Baileys does not know."
                                         : " type " + type +
                                               ", which Baileys does not know and never reads: the "
                                               "migration may have split the names wrongly."));
    }
  }

  void judge_largest() {
    if (facts_.is_full_scan) state_.largest_key = facts_.largest_key;
    std::erase_if(state_.largest_key,
                  [&](const auto& one) { return !state_.sessions.contains(one.first); });
    for (const auto& [name, bytes] : state_.largest_key) {
      reading_.samples.push_back(
          {&whatsapp_kind().metric("whatsapp_largest_key_bytes"), {name}, bytes});
      reading_.find_beyond(settings_.largest_key, bytes, "whatsapp_large_key", name,
                           "The largest key of " + name + " is " + render_value(bytes, Unit::bytes),
                           ": sessions that are re-established repeatedly grow like this.");
    }
  }

  void judge_view() {
    if (facts_.view == View::seen) {
      for (const auto& [name, session] : state_.sessions)
        if (session.auth_records > 0 &&
            std::ranges::count(facts_.credentials, name, &Credentials::name) == 0) {
          reading_.not_judged.emplace_back("credentials");
          reading_.notes.emplace_back("only the credentials of the first " +
                                      number_text(kMaxUnlisted) +
                                      " sessions are checked; list others in `sessions`");
          return;
        }
      return;
    }
    reading_.not_judged.emplace_back("credentials");
    state_.credentials = credentials_;
    if (facts_.view == View::not_named) return;
    const std::string& view = settings_.tables.view;
    const std::string why = facts_.view == View::missing    ? "view " + view + " does not exist"
                            : facts_.view == View::no_right ? "permission denied for view " + view
                                                            : "view " + view + " is outdated";
    reading_.find("whatsapp_view", Severity::info, "",
                  "Credentials are not checked: " + why + " (deploy/sql/whatsapp.sql creates it).");
  }

  const Settings& settings_;
  const Facts& facts_;
  double now_;
  State state_;
  CredentialsBaseline credentials_;  // As the last run left it; the new one is in state_.
  Reading reading_;
  bool had_no_baseline_ = false;
};

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

bool needs_full_scan(const Memory& memory, const Now& now) {
  const auto last = State::load(memory).scan_run_at;  // The server's clock may be wrong.
  return !last || std::abs(epoch_seconds(now.wall) - *last) >= seconds(kFullScanInterval);
}

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  return Judgement(settings, facts, memory, now).judge();
}

}  // namespace holdfast::whatsapp
