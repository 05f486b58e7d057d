// SPDX-License-Identifier: Apache-2.0
// Judges the server's statistics. They are queried less often than the check runs, so they are kept
// in the memory, and their findings stay active until the next query. Pure.
#include <utility>

#include "checks/memory_json.h"
#include "checks/postgres/postgres.h"

namespace holdfast {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ServerFacts, numbers, denied)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(PostgresState, statistics_at, second_hello, facts)

PostgresState load_postgres_state(const Memory& memory) {
  return load_state<PostgresState>(memory);
}
Memory save_postgres_state(const PostgresState& state) { return save_state(state); }

namespace {

// Samples stay valid for this many intervals, so that one late run leaves no gap in a graph.
constexpr int kLifetime = 3;
constexpr std::string_view kStatePrefix = "state.";

// The facts that are metrics by themselves.
constexpr std::pair<std::string_view, std::string_view> kFactMetrics[] = {
    {"in_recovery", "postgres_in_recovery"},
    {"replication_lag", "postgres_replication_lag_seconds"},
    {"size", "postgres_database_size_bytes"},
    {"connections", "postgres_connections"},
    {"max_connections", "postgres_max_connections"},
    {"oldest_transaction", "postgres_oldest_transaction_start_timestamp_seconds"},
    {"waiting_locks", "postgres_waiting_locks"},
    {"deadlocks", "postgres_deadlocks_total"},
    {"commits", "postgres_commits_total"},
    {"rollbacks", "postgres_rollbacks_total"},
    {"cache_hits", "postgres_cache_hits_total"},
    {"cache_reads", "postgres_cache_reads_total"},
    {"stats_reset", "postgres_stats_reset_timestamp_seconds"},
};

void sample(const ServerFacts& facts, Duration lifetime, Reading& reading) {
  const auto add = [&](std::string_view metric, std::vector<std::string> labels, double value) {
    reading.samples.push_back(
        {&postgres_kind().metric(metric), std::move(labels), value, SampleKind::set, lifetime});
  };
  for (const auto& [fact, metric] : kFactMetrics)
    if (const auto value = facts.number(std::string(fact))) add(metric, {}, *value);
  for (const auto& [name, value] : facts.numbers)
    if (name.starts_with(kStatePrefix))
      add("postgres_backends", {name.substr(kStatePrefix.size())}, value);
  if (!facts.version.empty()) add("postgres_version_info", {facts.version}, 1);
}

void judge_role(const PostgresSettings& settings, const ServerFacts& facts, Reading& reading) {
  const auto standby = facts.number("in_recovery");
  using Role = PostgresSettings::Role;
  if (!standby || settings.role == Role::any) return;
  if ((*standby > 0 ? Role::standby : Role::primary) == settings.role) return;
  reading.find("postgres_role_unexpected", Severity::critical, "",
               *standby > 0
                   ? "The server is a standby and should be a primary: it accepts no writes."
                   : "The server is a primary and should be a standby.");
}

void judge_lag(const PostgresSettings& settings, const ServerFacts& facts, Reading& reading) {
  const auto lag = facts.number("replication_lag");
  if (!lag) return;
  const bool standby = facts.number("in_recovery").value_or(0) > 0;
  reading.find_beyond(settings.replication_lag, *lag, "postgres_replication_lag", "",
                      std::string(standby ? "This standby" : "The slowest standby") + " is " +
                          render_value(*lag, Unit::seconds) + " behind");
}

void judge_connections(const PostgresSettings& settings, const ServerFacts& facts,
                       Reading& reading) {
  const auto in_use = facts.number("connections");
  const auto max = facts.number("max_connections");
  if (!in_use || !max) return;
  const double available = *max - facts.number("reserved").value_or(0);
  if (available <= 0) return;
  reading.find_beyond(settings.connections, *in_use / available, "postgres_connections_scarce", "",
                      render_value(*in_use, Unit::count) + " of " +
                          render_value(available, Unit::count) +
                          " non-reserved connections are in use");
}

void judge_transaction(const PostgresSettings& settings, const ServerFacts& facts, const Now& now,
                       Reading& reading) {
  const auto began = facts.number("oldest_transaction");
  if (!began) return;
  // The age is that at the time of the query; later it may have ended.
  const double age = facts.number("queried_at").value_or(epoch_seconds(now.wall)) - *began;
  reading.find_beyond(settings.oldest_transaction, age, "postgres_transaction_old", "",
                      "A transaction has been open for " + render_value(age, Unit::seconds),
                      "; it prevents vacuum from removing dead rows.");
}

void judge_denied(const ServerFacts& facts, Reading& reading) {
  if (facts.denied.empty()) return;
  std::string list;
  for (const std::string& what : facts.denied) list += (list.empty() ? "" : ", ") + what;
  reading.find("postgres_right_missing", Severity::info, "",
               "Permission denied for: " + list + ".");
}

}  // namespace

void judge_server_facts(const PostgresSettings& settings, const PostgresFacts& fetched,
                        const Now& now, PostgresState& state, Reading& reading) {
  // A failed query counts too: the next one follows after the interval.
  if (fetched.server || !fetched.server_note.empty()) state.statistics_at = epoch_seconds(now.wall);
  if (!fetched.server_note.empty()) reading.notes.push_back(fetched.server_note);
  ServerFacts& facts = state.facts;
  if (fetched.server) {
    facts = *fetched.server;
    facts.numbers["queried_at"] = epoch_seconds(now.wall);
    sample(facts, settings.facts_interval * kLifetime, reading);
  }
  // Stored facts of a server that does not answer are out of date.
  if (reading.failure) return;
  judge_role(settings, facts, reading);
  judge_lag(settings, facts, reading);
  judge_connections(settings, facts, reading);
  judge_transaction(settings, facts, now, reading);
  judge_denied(facts, reading);
}

}  // namespace holdfast
