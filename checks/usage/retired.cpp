// SPDX-License-Identifier: Apache-2.0
// Judges a retired database: it must not be used; clients that use it are named.
#include <algorithm>

#include "checks/usage/state.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

// Separates the parts of a key; names contain no control characters.
constexpr char kBetween = '\x1f';

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

class Retired : Context {
 public:
  explicit Retired(const Context& context) : Context(context) {}

  void judge() {
    if (!growth.has_baseline) reading.not_judged.emplace_back("writes");
    add_sessions();
    forget(state.sessions);
    add_writes();
    forget(state.writes);
    for (const auto* breaches : {&state.sessions, &state.writes})
      for (const auto& [name, breach] : *breaches)
        state.used_at = std::max(state.used_at.value_or(0), breach.seen_at);
    render_sessions();
    render_writes();
    render_hidden();
  }

 private:
  void add_sessions() {
    for (const Sessions& one : facts.sessions) {
      if (is_allowed(settings, one)) {
        has_allowed_ = true;
        continue;
      }
      if (one.is_hidden) {
        hidden_.push_back(&one);
        continue;
      }
      state.sessions[key_of(one)] = {at(), one.count};
    }
  }

  void add_writes() {
    for (const Written& written : growth.written) {
      const std::string& table = written.table->name;
      // Counters do not name the writer: with only allowed clients connected, it was one of them.
      const bool is_allowed_only = has_allowed_ || facts.is_replicated_to;
      if (is_allowed_only && state.sessions.empty() && hidden_.empty()) {
        reading.notes.push_back(rows_text(written.rows()) + " of " + table + " written by " +
                                (has_allowed_ ? "an allowed application" : "logical replication"));
        continue;
      }
      Breach& breach = state.writes[table];
      breach = {at(), breach.count + written.rows()};
    }
  }

  /// Drops clients that have gone, and the oldest beyond the bound.
  void forget(std::map<std::string, Breach>& breaches) const {
    const double oldest = at() - seconds(settings.gone_after);
    std::erase_if(breaches, [&](const auto& one) { return one.second.seen_at < oldest; });
    while (breaches.size() > kMaxSessions)
      breaches.erase(std::ranges::min_element(breaches, {},
                                              [](const auto& one) { return one.second.seen_at; }));
  }

  [[nodiscard]] std::string when(const Breach& breach, const std::string& last) const {
    const double ago = at() - breach.seen_at;
    return ago <= 0 ? "" : last + " " + span_text(ago) + " ago";
  }

  /// Reports the first breaches one by one and the number of the others.
  template <class Report>
  void render_each(const std::map<std::string, Breach>& breaches, const char* code,
                   const std::string& more, const Report& report) {
    std::size_t left = kMaxBreaches;
    for (const auto& [name, breach] : breaches) {
      if (left-- == 0) {
        reading.find(code, Severity::critical, "",
                     std::to_string(breaches.size() - kMaxBreaches) + " more " + more);
        return;
      }
      report(name, breach);
    }
  }

  void render_sessions() {
    constexpr const char* kCode = "usage_foreign_session";
    render_each(state.sessions, kCode, "clients use " + settings.database + ", which is retired.",
                [&](const std::string& key, const Breach& breach) {
                  const Sessions one = sessions_of(key);
                  reading.find(kCode, Severity::critical,
                               one.application.empty() ? one.user : one.application,
                               settings.database + " is retired, but " + who(one) +
                                   (breach.seen_at >= at() ? " is" : " was") +
                                   " connected: " + render_count(breach.count, "session") +
                                   when(breach, ", last seen") + ".");
                });
  }

  void render_writes() {
    std::vector<Sessions> seen;
    for (const auto& [key, breach] : state.sessions) seen.push_back(sessions_of(key));
    std::vector<const Sessions*> named;
    for (const Sessions& one : seen) named.push_back(&one);
    const std::string by = named.empty() ? ". No client was connected during any run."
                                         : ". Clients seen: " + who_all(named) + ".";
    constexpr const char* kCode = "usage_foreign_write";
    render_each(state.writes, kCode,
                "tables of " + settings.database + " were written to, although it is retired" + by,
                [&](const std::string& table, const Breach& breach) {
                  reading.find(kCode, Severity::critical, table,
                               rows_text(breach.count) + (breach.count == 1 ? " was" : " were") +
                                   " written to " + table + " in " + settings.database +
                                   ", although it is retired" + when(breach, "; last write") + by);
                });
  }

  void render_hidden() {
    if (hidden_.empty()) return;
    reading.find(
        "usage_sessions_hidden", Severity::unknown, "",
        "Whether " + settings.database + " is still used is unknown: " + hidden_text(hidden_));
  }

  bool has_allowed_ = false;
  std::vector<const Sessions*> hidden_;
};

}  // namespace

void judge_retired(const Context& context) { Retired(context).judge(); }

}  // namespace holdfast::usage
