// SPDX-License-Identifier: Apache-2.0
// The server's statistics, read by a few statements; the server may deny each one separately.
#include <array>

#include "checks/postgres/postgres.h"
#include "checks/support/pg/session.h"

namespace holdfast {
namespace {

struct FactQuery {
  std::string_view what;  ///< In words, for the finding about a missing privilege.
  std::string_view sql;   ///< One row; every column but `version` is a number.
};

constexpr std::array kQueries{
    FactQuery{"recovery and limits", R"sql(
SELECT current_setting('server_version') AS version,
       pg_is_in_recovery()::int AS in_recovery,
       CASE WHEN NOT pg_is_in_recovery()
            THEN (SELECT extract(epoch FROM max(replay_lag)) FROM pg_stat_replication)
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp())
       END AS replication_lag,
       current_setting('max_connections')::int AS max_connections,
       current_setting('superuser_reserved_connections')::int AS reserved,
       (SELECT sum(numbackends) FROM pg_stat_database) AS connections)sql"},
    FactQuery{"statistics of the database", R"sql(
SELECT deadlocks, xact_commit AS commits, xact_rollback AS rollbacks,
       blks_hit AS cache_hits, blks_read AS cache_reads,
       extract(epoch FROM stats_reset) AS stats_reset
  FROM pg_stat_database WHERE datname = current_database())sql"},
    FactQuery{"size of the database", "SELECT pg_database_size(current_database()) AS size"},
    // Without pg_read_all_stats, only the database of other users' sessions is visible.
    FactQuery{"states of other users' sessions (GRANT pg_read_all_stats)", R"sql(
SELECT count(*) FILTER (WHERE state = 'active') AS "state.active",
       count(*) FILTER (WHERE state = 'idle') AS "state.idle",
       count(*) FILTER (WHERE state = 'idle in transaction') AS "state.idle in transaction",
       count(*) FILTER (WHERE state = 'idle in transaction (aborted)')
         AS "state.idle in transaction (aborted)",
       count(*) FILTER (WHERE state IN ('fastpath function call', 'disabled')) AS "state.other",
       count(*) FILTER (WHERE state IS NULL AND backend_type IS NULL) AS hidden,
       extract(epoch FROM min(xact_start)
                 FILTER (WHERE pid <> pg_backend_pid())) AS oldest_transaction
  FROM pg_stat_activity
 WHERE datname IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend')sql"},
    FactQuery{"waiting locks", "SELECT count(*) AS waiting_locks FROM pg_locks WHERE NOT granted"},
};

void take_row(ServerFacts& facts, const PgRows& rows) {
  for (const std::string& column : rows.columns) {
    if (column == "version") {
      facts.version = rows.text(0, column).value_or("");
    } else if (const auto number = rows.number(0, column)) {
      facts.numbers[column] = *number;
    }
  }
}

/// Counts of sessions are wrong when the states of some are hidden from our role.
void forget_hidden(ServerFacts& facts, std::string_view what) {
  if (facts.number("hidden").value_or(0) > 0) {
    std::erase_if(facts.numbers, [](const auto& entry) {
      return entry.first.starts_with("state.") || entry.first == "oldest_transaction";
    });
    facts.denied.emplace_back(what);
  }
  facts.numbers.erase("hidden");
}

}  // namespace

std::optional<double> ServerFacts::number(const std::string& name) const {
  const auto found = numbers.find(name);
  return found == numbers.end() ? std::nullopt : std::optional(found->second);
}

Result<ServerFacts> fetch_server_facts(const Database& database, Databases& databases,
                                       const Deadline& deadline) {
  auto lease = databases.lease(database, deadline);
  if (!lease) return lease.error();
  ServerFacts facts;
  for (const FactQuery& query : kQueries) {
    const auto rows = (*lease)->query(query.sql, deadline);
    if (rows) {
      take_row(facts, *rows);
      forget_hidden(facts, query.what);
      continue;
    }
    const Reason reason = rows.error().reason;
    if (reason != Reason::no_right && reason != Reason::missing) return rows.error();
    facts.denied.emplace_back(query.what);
  }
  return facts;
}

}  // namespace holdfast
