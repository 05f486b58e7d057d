// SPDX-License-Identifier: Apache-2.0
// Is there a connection for who needs one? Pure: what a source showed, what the last look left and
// the time make a reading. Knows no database and no socket. Safe from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/run.h"

namespace holdfast {

[[nodiscard]] const Kind& pool_kind();

namespace pool {

enum class Source : std::uint8_t { postgres, pgbouncer, http };

/// The options of one check, in their own types.
struct Settings {
  Source source = Source::postgres;
  Database database;
  std::string check;             ///< Its name: the pool's label for source http.
  std::optional<double> budget;  ///< Connections the application may have open in its database.
  Limit waiting;                 ///< Clients that wait, per pool.
  Limit wait;                    ///< Seconds the longest of them has waited.
  Limit idle_in_transaction;     ///< Seconds a session has stood so.
  Duration full_for{};           ///< How long a pool may be full where waiting cannot be seen.
  std::string url, bearer_file;  ///< Source http.
  /// Source http: where the counts are in the JSON document; "" for a count it does not have.
  TextMap pointers{{"total", "/pool/total"},
                   {"idle", "/pool/idle"},
                   {"waiting", "/pool/waiting"},
                   {"max", "/pool/max"}};
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// One place where connections run out. What a source does not know is empty, never 0.
struct Pool {
  std::string name;  ///< "default_db/app", "server", "database/default_db".
  std::optional<double> in_use;
  std::optional<double> idle;
  std::optional<double> max;  ///< Empty: without a limit, or not known.
  /// What counts against `max`: open sessions where idle ones take a place, too.
  std::optional<double> taken;
  std::optional<double> waiting;
  std::optional<double> max_wait;  ///< Seconds, of who waits now.
  bool is_budget = false;          ///< `max` is the config's budget and not the server's limit.
};

/// Sessions that are alike, at a PostgreSQL server.
struct Group {
  std::string application;
  std::string user;
  std::string database;
  std::string state;  ///< "unknown" when we may not see it.
  double count = 0;
  std::optional<double> in_state;  ///< Seconds, the longest; only for idle in transaction.
};

/// What one look brought home.
struct Facts {
  std::vector<Pool> pools;
  std::vector<Group> groups;                           ///< Source postgres.
  std::optional<double> hidden;                        ///< Sessions whose state we may not see.
  std::optional<std::string> database;                 ///< Source postgres: the one we are in.
  double open_in_database = 0;                         ///< Sessions there, ours not counted.
  std::vector<std::pair<std::string, double>> waited;  ///< Seconds since the start, by pool.
  std::vector<std::string> paused;                     ///< Source pgbouncer: databases.
  std::vector<std::string> disabled;
  std::optional<double> clients;  ///< Source pgbouncer: connected to it.
  std::optional<double> max_clients;
};

/// The reading of a source that answered.
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);
/// The reading of one that did not: up is 0, the memory stays.
[[nodiscard]] Reading judge_failure(Error error);

}  // namespace pool
}  // namespace holdfast
