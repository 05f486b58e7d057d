// SPDX-License-Identifier: Apache-2.0
// Judges a retired database: it must not be used; clients that use it are named.
#include <algorithm>

#include "checks/usage/roles.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

constexpr char kBetween =
    '\x1f';  // Separates the parts of a key; names contain no control characters.

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
  explicit Retired(const Context& context)
      : run_(context), settings_(context.settings), facts_(context.facts), state_(context.state) {}

  void judge() {
    if (!run_.growth.has_baseline) run_.reading.not_judged.emplace_back("writes");
    add_sessions();
    forget(state_.sessions);
    add_writes();
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
  void add_sessions() {
    for (const Sessions& one : facts_.sessions) {
      if (is_allowed(settings_, one)) {
        has_allowed_ = true;
        continue;
      }
      if (one.is_hidden) {
        hidden_.push_back(&one);
        continue;
      }
      state_.sessions[key_of(one)] = {run_.at(), one.count};
    }
  }

  void add_writes() {
    for (const Written& written : run_.growth.written) {
      const std::string& table = written.table->name;
      // Counters do not name the writer: with only allowed clients connected, it was one of them.
      const bool is_allowed_only = has_allowed_ || facts_.is_replicated_to;
      if (is_allowed_only && state_.sessions.empty() && hidden_.empty()) {
        run_.reading.notes.push_back(
            rows_text(written.rows()) + " of " + table + " written by " +
            (has_allowed_ ? "an allowed application" : "logical replication"));
        continue;
      }
      Breach& breach = state_.writes[table];
      breach = {run_.at(), breach.count + written.rows()};
    }
  }

  /// Drops clients that have gone, and the oldest beyond the bound.
  void forget(std::map<std::string, Breach>& breaches) const {
    const double oldest = run_.at() - seconds(settings_.gone_after);
    std::erase_if(breaches, [&](const auto& one) { return one.second.seen_at < oldest; });
    while (breaches.size() > kMaxSessions)
      breaches.erase(std::ranges::min_element(breaches, {},
                                              [](const auto& one) { return one.second.seen_at; }));
  }

  [[nodiscard]] std::string when(const Breach& breach, const std::string& last) const {
    const double ago = run_.at() - breach.seen_at;
    return ago <= 0 ? "" : ", " + last + " " + span_text(ago) + " ago";
  }

  void render_sessions() {
    std::size_t count = 0;
    for (const auto& [key, breach] : state_.sessions) {
      if (count++ == kMaxBreaches) {
        run_.reading.find("usage_foreign_session", Severity::critical, "",
                          std::to_string(state_.sessions.size() - kMaxBreaches) +
                              " more clients use " + settings_.database + ", which is retired.");
        return;
      }
      const Sessions one = sessions_of(key);
      const bool is_here = breach.seen_at >= run_.at();
      run_.reading.find("usage_foreign_session", Severity::critical,
                        one.application.empty() ? one.user : one.application,
                        settings_.database + " is retired, but " + who(one) +
                            (is_here ? " is" : " was") +
                            " connected: " + render_count(breach.count, "session") +
                            when(breach, "last seen") + ".");
    }
  }

  void render_writes() {
    std::vector<Sessions> here;
    for (const auto& [key, breach] : state_.sessions) here.push_back(sessions_of(key));
    std::vector<const Sessions*> named;
    named.reserve(here.size());
    for (const Sessions& one : here) named.push_back(&one);
    const std::string by = named.empty() ? "; the writer was not connected at any run"
                                         : "; connected: " + who_all(named);
    std::size_t count = 0;
    for (const auto& [table, breach] : state_.writes) {
      if (count++ == kMaxBreaches) {
        run_.reading.find("usage_foreign_write", Severity::critical, "",
                          std::to_string(state_.writes.size() - kMaxBreaches) +
                              " more tables were written to in " + settings_.database +
                              ", which is retired" + by + ".");
        return;
      }
      std::string text = rows_text(breach.count) + (breach.count == 1 ? " was" : " were");
      text.append(" written to " + table + " in " + settings_.database)
          .append(", which is retired")
          .append(when(breach, "last"));
      run_.reading.find("usage_foreign_write", Severity::critical, table, text.append(by) + ".");
    }
  }

  void render_hidden() {
    if (hidden_.empty()) return;
    run_.reading.find(
        "usage_sessions_hidden", Severity::unknown, "",
        "Whether " + settings_.database + " is still used is unknown: " + hidden_text(hidden_));
  }

  const Context& run_;
  const Settings& settings_;
  const Facts& facts_;
  State& state_;
  bool has_allowed_ = false;
  std::vector<const Sessions*> hidden_;
};

}  // namespace

void judge_retired(const Context& context) { Retired(context).judge(); }

}  // namespace holdfast::usage
