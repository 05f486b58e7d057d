// SPDX-License-Identifier: Apache-2.0
// A retired database is expected to be silent; who breaks the silence is named.
#include <algorithm>

#include "checks/usage/roles.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

constexpr char kBetween = '\x1f';  // Of the parts of a name in memory; no name has one.

std::string key_of(const Sessions& one) {
  return one.application + kBetween + one.user + kBetween + one.client;
}

Sessions sessions_of(const std::string& key) {
  const std::size_t first = key.find(kBetween);
  const std::size_t second = first == std::string::npos ? first : key.find(kBetween, first + 1);
  if (second == std::string::npos) return {.application = key};
  return {.application = key.substr(0, first),
          .user = key.substr(first + 1, second - first - 1),
          .client = key.substr(second + 1)};
}

class Retired {
 public:
  explicit Retired(const Look& look)
      : look_(look), settings_(look.settings), facts_(look.facts), state_(look.state) {}

  void judge() {
    if (!look_.growth.has_baseline) look_.reading.not_judged.emplace_back("writes");
    take_sessions();
    forget(state_.sessions);
    take_writes();
    forget(state_.writes);
    if (!state_.sessions.empty() || !state_.writes.empty()) {
      for (const auto* breaches : {&state_.sessions, &state_.writes})
        for (const auto& [name, breach] : *breaches)
          state_.used_at = std::max(state_.used_at.value_or(0), breach.seen_at);
    }
    render_sessions();
    render_writes();
    render_hidden();
  }

 private:
  void take_sessions() {
    for (const Sessions& one : facts_.sessions) {
      if (is_allowed(settings_, one)) {
        has_allowed_ = true;
        continue;
      }
      if (one.is_hidden) {
        hidden_.push_back(&one);
        continue;
      }
      state_.sessions[key_of(one)] = {look_.at(), one.count};
    }
  }

  void take_writes() {
    for (const Written& written : look_.growth.written) {
      const std::string& table = written.table->name;
      // Counters do not tell who: where only somebody with leave was there, it was he.
      const bool has_leave = has_allowed_ || facts_.is_replicated_to;
      if (has_leave && state_.sessions.empty() && hidden_.empty()) {
        look_.reading.notes.push_back(rows_text(written.rows()) + " of " + table + " written by " +
                                      (has_allowed_ ? "who may" : "logical replication"));
        continue;
      }
      Breach& breach = state_.writes[table];
      breach = {look_.at(), breach.count + written.rows()};
    }
  }

  /// Drops who is gone, and the oldest of too many.
  void forget(std::map<std::string, Breach>& breaches) const {
    const double oldest = look_.at() - seconds(settings_.gone_after);
    std::erase_if(breaches, [&](const auto& one) { return one.second.seen_at < oldest; });
    while (breaches.size() > kMaxSessions)
      breaches.erase(std::ranges::min_element(breaches, {},
                                              [](const auto& one) { return one.second.seen_at; }));
  }

  [[nodiscard]] std::string when(const Breach& breach) const {
    const double ago = look_.at() - breach.seen_at;
    return ago <= 0 ? "" : ", the last time " + span_text(ago) + " ago";
  }

  void render_sessions() {
    std::size_t told = 0;
    for (const auto& [key, breach] : state_.sessions) {
      if (told++ == kMaxBreaches) {
        look_.reading.find("usage_foreign_session", Severity::critical, "",
                           std::to_string(state_.sessions.size() - kMaxBreaches) +
                               " more clients use " + settings_.database + ", which is retired.");
        return;
      }
      const Sessions one = sessions_of(key);
      const bool is_here = breach.seen_at >= look_.at();
      look_.reading.find(
          "usage_foreign_session", Severity::critical,
          one.application.empty() ? one.user : one.application,
          settings_.database + " is retired, but " + who(one) + (is_here ? " is" : " was") +
              " connected to it: " + render_count(breach.count, "session") + when(breach) + ".");
    }
  }

  void render_writes() {
    std::vector<Sessions> here;
    for (const auto& [key, breach] : state_.sessions) here.push_back(sessions_of(key));
    std::vector<const Sessions*> named;
    named.reserve(here.size());
    for (const Sessions& one : here) named.push_back(&one);
    const std::string by =
        named.empty()
            ? "; who wrote came and went between two looks"
            : "; connected " + std::string(named.size() == 1 ? "was " : "were ") + who_all(named);
    std::size_t told = 0;
    for (const auto& [table, breach] : state_.writes) {
      if (told++ == kMaxBreaches) {
        look_.reading.find("usage_foreign_write", Severity::critical, "",
                           std::to_string(state_.writes.size() - kMaxBreaches) +
                               " more tables were written in " + settings_.database +
                               ", which is retired" + by + ".");
        return;
      }
      std::string text = rows_text(breach.count) + " of " + table;
      text.append(breach.count == 1 ? " was" : " were").append(" written in ");
      text.append(settings_.database).append(", which is retired").append(when(breach));
      look_.reading.find("usage_foreign_write", Severity::critical, table, text.append(by) + ".");
    }
  }

  void render_hidden() {
    if (hidden_.empty()) return;
    look_.reading.find(
        "usage_sessions_hidden", Severity::unknown, "",
        "Whether " + settings_.database +
            " is silent cannot be told: it cannot be seen where these sessions come from, "
            "nor whether they are clients at all: " +
            who_all(hidden_) + ". GRANT pg_monitor to Holdfast's role shows it.");
  }

  const Look& look_;
  const Settings& settings_;
  const Facts& facts_;
  State& state_;
  bool has_allowed_ = false;
  std::vector<const Sessions*> hidden_;
};

}  // namespace

void judge_retired(const Look& look) { Retired(look).judge(); }

}  // namespace holdfast::usage
