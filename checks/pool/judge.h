// SPDX-License-Identifier: Apache-2.0
// Judges whether clients get a connection when they need one. Pure: facts, memory and the time make
// a reading; no I/O. Safe from any thread.
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

/// The options of one check.
struct Settings {
  Source source = Source::postgres;
  Database database;
  std::string check;             ///< Its name: the label `pool` for source http.
  std::optional<double> budget;  ///< Connections the application may have open in its database.
  Limit waiting;                 ///< Clients waiting, per pool.
  Limit wait;                    ///< Seconds the longest of them has been waiting.
  Limit idle_in_transaction;     ///< Seconds.
  Duration full_for{};           ///< How long a pool may be full where waiting is not visible.
  std::string url, bearer_file;  ///< Source http.
  /// Source http: where the counts are in the JSON document; "" for a count it does not have.
  TextMap pointers{{"total", "/pool/total"},
                   {"idle", "/pool/idle"},
                   {"waiting", "/pool/waiting"},
                   {"max", "/pool/max"}};
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// One place where connections can run out. What a source does not know is empty, never 0.
struct Pool {
  std::string name;  ///< "default_db/app", "server", "database/default_db".
  std::optional<double> in_use;
  std::optional<double> idle;
  std::optional<double> max;  ///< Empty: without a limit, or not known.
  /// Connections that count against `max`, including idle ones where those occupy a slot.
  std::optional<double> occupied;
  std::optional<double> waiting;
  std::optional<double> max_wait;  ///< Seconds, of the clients waiting now.
  bool is_budget = false;          ///< `max` is the configured budget, not the server's limit.
};

/// PostgreSQL sessions with the same attributes.
struct Group {
  std::string application;
  std::string user;
  std::string database;
  std::string state;  ///< "unknown" when hidden from our role.
  double count = 0;
  std::optional<double> in_state;  ///< Longest time, in seconds; idle in transaction only.
};

/// What one run read.
struct Facts {
  std::vector<Pool> pools;
  std::vector<Group> groups;            ///< Source postgres.
  std::optional<double> hidden;         ///< Sessions whose state is hidden from our role.
  std::optional<std::string> database;  ///< Source postgres: the one connected to.
  double open_in_database = 0;          ///< Sessions there, without Holdfast's.
  std::vector<std::pair<std::string, double>> waited;  ///< Seconds since its start, by pool.
  std::vector<std::string> paused;                     ///< Source pgbouncer: databases.
  std::vector<std::string> disabled;
  std::optional<double> clients;  ///< Source pgbouncer: connected to it.
  std::optional<double> max_clients;
};

/// The reading of a source that answered.
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);
/// The reading of a source that failed: up is 0, the memory is unchanged.
[[nodiscard]] Reading judge_failure(Error error);

}  // namespace pool
}  // namespace holdfast
