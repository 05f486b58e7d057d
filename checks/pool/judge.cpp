// SPDX-License-Identifier: Apache-2.0
#include "checks/pool/judge.h"

#include <algorithm>
#include <map>
#include <utility>

#include "checks/memory_json.h"
#include "checks/support/text/utf8.h"

namespace holdfast::pool {

/// What is kept between runs.
struct State {
  static constexpr int kVersion = 1;
  std::map<std::string, double> full_since;  ///< Epoch seconds, by pool.
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(State, full_since)

namespace {

constexpr std::size_t kMaxShownBytes = 80;  // Of a name in a sentence; the label is not cut.
constexpr std::size_t kMaxNamed = 4;        // Applications named when over budget.

std::string shown(std::string_view name) { return truncate_utf8(name, kMaxShownBytes); }

std::string sessions_of(const std::string& application) {
  return application.empty() ? "sessions without application_name" : shown(application);
}

/// "all 5 connections are in use", as far as known.
std::string use_text(const Pool& pool) {
  if (!pool.in_use) return "the number of connections in use is not visible";
  const std::string used = render_value(*pool.in_use, Unit::count);
  if (!pool.max) {
    return render_count(*pool.in_use, "connection is", "connections are") +
           " in use, and the pool has no limit";
  }
  const std::string max = render_value(*pool.max, Unit::count);
  if (*pool.in_use < *pool.max)
    return used + " of " + max + (*pool.in_use == 1 ? " connections is" : " connections are") +
           " in use";
  return *pool.max == 1 ? "its only connection is in use"
                        : "all " + max + " connections are in use";
}

class Judge {
 public:
  Judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now)
      : settings_(settings),
        facts_(facts),
        old_(load_state<State>(memory)),
        now_(epoch_seconds(now.wall)) {}

  Reading judge() {
    add("pool_up", {}, 1);
    sample_pools();
    sample_others();
    describe();
    for (const Pool& pool : facts_.pools) {
      judge_waiting(pool);
      judge_full(pool);
    }
    judge_budget();
    judge_groups();
    judge_console();
    judge_rights();
    reading_.memory = save_state(new_);
    return std::move(reading_);
  }

 private:
  void judge_waiting(const Pool& pool) {
    if (!pool.waiting || *pool.waiting <= 0) return;
    const std::string place = " for a connection in pool " + shown(pool.name);
    const double longest = pool.max_wait.value_or(0);
    const std::string lasted = render_value(longest, Unit::seconds);
    const std::string use = "; " + use_text(pool) + ".";
    reading_.find_beyond(settings_.waiting, *pool.waiting, "pool_clients_waiting", pool.name,
                         render_count(*pool.waiting, "client waits", "clients wait") + place,
                         (longest > 0 ? ", the longest for " + lasted : "") + use);
    reading_.find_beyond(settings_.wait, longest, "pool_long_wait", pool.name,
                         "A client has waited " + lasted + place, use);
  }

  // A small pool is often full and still serves every client. Where waiting clients are not
  // visible, only a pool that stays full is reported.
  void judge_full(const Pool& pool) {
    if (pool.waiting || !pool.occupied || !pool.max || *pool.occupied < *pool.max) return;
    const auto known = old_.full_since.find(pool.name);
    const double since = known == old_.full_since.end() ? now_ : std::min(known->second, now_);
    new_.full_since[pool.name] = since;
    const double lasted = now_ - since;
    const std::string what =
        "all " + render_value(*pool.max, Unit::count) + " connections" +
        (pool.is_budget ? " of the configured budget are in use" : " are in use");
    if (lasted <= seconds(settings_.full_for)) {
      reading_.notes.push_back(shown(pool.name) + ": " + what + " right now");
      return;
    }
    reading_.find("pool_full", pool.is_budget ? Severity::warning : Severity::critical, pool.name,
                  "A" + what.substr(1) +
                      (pool.name == "server" ? " at the server" : " in " + shown(pool.name)) +
                      ", and have been for " + render_value(lasted, Unit::seconds) + " (limit " +
                      render_duration(settings_.full_for) + "); " +
                      (pool.is_budget ? "whether clients are waiting is not visible here."
                                      : "new connections are refused."));
  }

  void judge_budget() {
    if (!settings_.budget || !facts_.database) return;
    if (facts_.open_in_database <= *settings_.budget) return;
    std::map<std::string, double> by_application;
    for (const Group& group : facts_.groups)
      if (group.database == *facts_.database)
        by_application[sessions_of(group.application)] += group.count;
    std::vector<std::pair<double, std::string>> order;
    order.reserve(by_application.size());
    for (const auto& [name, count] : by_application) order.emplace_back(-count, name);
    std::ranges::sort(order);
    std::string who;
    for (std::size_t i = 0; i < std::min(order.size(), kMaxNamed); ++i)
      who += (i ? ", " : "") + order[i].second + " " + render_value(-order[i].first, Unit::count);
    if (order.size() > kMaxNamed) who += ", and others";
    reading_.find("pool_over_budget", Severity::warning, "database/" + *facts_.database,
                  render_count(facts_.open_in_database, "connection is", "connections are") +
                      " open to " + shown(*facts_.database) + " (limit " +
                      render_value(*settings_.budget, Unit::count) + ", the budget): " + who + ".");
  }

  void judge_groups() {
    // One finding per application, since its authors have to fix it.
    std::map<std::string, const Group*> longest;
    for (const Group& group : facts_.groups) {
      if (!group.in_state || !group.state.starts_with("idle in transaction")) continue;
      const Group*& known = longest[group.application];
      if (!known || *known->in_state < *group.in_state) known = &group;
    }
    for (const auto& [application, group] : longest)
      reading_.find_beyond(
          settings_.idle_in_transaction, *group->in_state, "pool_idle_in_transaction", application,
          (application.empty() ? "A session without application_name"
                               : "A session of " + shown(application)) +
              " has been idle in a transaction for " +
              render_value(*group->in_state, Unit::seconds) + " in " + shown(group->database),
          ": it holds its connection and its locks.");
  }

  void judge_console() {
    for (const std::string& database : facts_.paused)
      reading_.find(
          "pool_paused", Severity::critical, database,
          "Database " + shown(database) + " is paused in PgBouncer: every query waits for RESUME.");
    for (const std::string& database : facts_.disabled)
      reading_.find(
          "pool_disabled", Severity::critical, database,
          "Database " + shown(database) + " is disabled in PgBouncer: new clients are refused.");
    if (facts_.clients && facts_.max_clients && *facts_.clients >= *facts_.max_clients) {
      reading_.find("pool_clients_full", Severity::critical, "",
                    render_count(*facts_.clients, "client is", "clients are") +
                        " connected to PgBouncer (limit " +
                        render_value(*facts_.max_clients, Unit::count) +
                        ", max_client_conn): new clients are refused.");
    }
  }

  void judge_rights() {
    if (!facts_.hidden || *facts_.hidden <= 0) return;
    reading_.not_judged.emplace_back("pool_in_use_connections");
    reading_.find("pool_states_hidden", Severity::info, "",
                  "Holdfast's role lacks the privilege to see the state of " +
                      render_count(*facts_.hidden, "session") +
                      ", so the number of connections in use is unknown; fix: GRANT pg_monitor TO "
                      "Holdfast's role.");
  }

  void sample_pools() {
    for (const Pool& pool : facts_.pools) {
      add("pool_in_use_connections", {pool.name}, pool.in_use);
      add("pool_idle_connections", {pool.name}, pool.idle);
      add("pool_max_connections", {pool.name}, pool.max);
      add("pool_waiting_clients", {pool.name}, pool.waiting);
      add("pool_max_wait_seconds", {pool.name}, pool.max_wait);
    }
  }

  void sample_others() {
    std::map<std::vector<std::string>, double> sessions;
    double stuck = 0;
    for (const Group& group : facts_.groups) {
      sessions[{group.application, group.user, group.database, group.state}] += group.count;
      stuck = std::max(stuck, group.in_state.value_or(0));
    }
    for (const auto& [labels, count] : sessions) add("pool_connections", labels, count);
    if (facts_.hidden) {
      add("pool_budget_connections", {}, settings_.budget);
      if (*facts_.hidden <= 0) add("pool_idle_in_transaction_seconds", {}, stuck);
    }
    std::map<std::string, double> waited;
    for (const auto& [name, total] : facts_.waited) waited[name] += total;
    for (const auto& [name, total] : waited) add("pool_wait_seconds_total", {name}, total);
    add("pool_client_connections", {}, facts_.clients);
    add("pool_max_client_connections", {}, facts_.max_clients);
  }

  void describe() {
    for (const Pool& pool : facts_.pools) {
      std::string note = shown(pool.name) + ": " + use_text(pool);
      if (pool.occupied != pool.in_use && pool.occupied)
        note += ", " + render_value(*pool.occupied, Unit::count) + " open";
      if (pool.waiting) note += ", " + render_value(*pool.waiting, Unit::count) + " waiting";
      reading_.notes.push_back(std::move(note));
    }
  }

  void add(std::string_view metric, std::vector<std::string> labels, std::optional<double> value) {
    if (value) reading_.samples.push_back({&pool_kind().metric(metric), std::move(labels), *value});
  }

  const Settings& settings_;
  const Facts& facts_;
  const State old_;
  double now_;
  State new_;
  Reading reading_;
};

}  // namespace

Reading judge(const Settings& settings, const Facts& facts, const Memory& memory, const Now& now) {
  return Judge(settings, facts, memory, now).judge();
}

Reading judge_failure(Error error) {
  Reading reading;
  reading.samples.push_back({&pool_kind().metric("pool_up"), {}, 0});
  reading.failure = std::move(error);
  return reading;
}

}  // namespace holdfast::pool
