// SPDX-License-Identifier: Apache-2.0
// Kind `postgres`: latency over TLS, certificates and the server's statistics. Each run executes
// SELECT 1 on a persistent connection and opens a new connection, timing each phase; once in
// `facts_interval` it also queries the server's statistics through the shared session.
// `fetch_postgres` does the I/O, `judge_postgres` is pure; PostgresFacts is what they exchange.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/run.h"
#include "checks/support/pg/dial.h"

namespace holdfast {

[[nodiscard]] const Kind& postgres_kind();

/// The options of one check, typed.
struct PostgresSettings {
  enum class Role : std::uint8_t { any, primary, standby };
  Database database;
  Limit latency;
  Limit connect;
  Limit certificate;
  Limit connections;
  Limit oldest_transaction;
  Limit replication_lag;
  Role role = Role::any;
  Duration facts_interval{};
};

/// The server's statistics. A fact that could not be read is absent.
struct ServerFacts {
  std::string version;                    ///< "15.20 (Debian 15.20-0+deb12u1)"
  std::map<std::string, double> numbers;  ///< By the names of the columns in facts.cpp.
  std::vector<std::string> denied;        ///< Facts that need a privilege we lack, in words.
  [[nodiscard]] std::optional<double> number(const std::string& name) const;
};

/// What is kept between runs.
struct PostgresState {
  static constexpr int kVersion = 1;
  std::optional<double> statistics_at;  ///< When the server's statistics were last queried.
  bool second_hello = false;            ///< The TLS handshake took an extra round trip.
  ServerFacts facts;                    ///< Without the version.
};
[[nodiscard]] PostgresState load_postgres_state(const Memory& memory);
[[nodiscard]] Memory save_postgres_state(const PostgresState& state);

/// What one run measured.
struct PostgresFacts {
  DialPhases phases;
  Duration connect{};                  ///< All phases of the new connection, if it succeeded.
  std::optional<Error> connect_error;  ///< Of the new connection.
  TlsFacts tls;
  std::optional<Duration> query;      ///< SELECT 1 on the persistent connection.
  std::optional<Error> query_error;   ///< Why there is no `query`.
  Duration query_waited{};            ///< How long the failed query was waited for.
  bool was_replaced = false;          ///< The persistent connection was lost and replaced.
  std::optional<ServerFacts> server;  ///< Empty when not queried in this run.
  std::string server_note;            ///< Why the query for `server` failed.
};

/// Measures the database of `settings` under the run's deadline. Whether the server's statistics
/// are due is read from the run's memory.
[[nodiscard]] PostgresFacts fetch_postgres(const PostgresSettings& settings, Run& run);

/// Queries the server's statistics through the shared session. Error: the first one other than a
/// missing privilege.
[[nodiscard]] Result<ServerFacts> fetch_server_facts(const Database& database, Databases& databases,
                                                     const Deadline& deadline);

/// Judges the server's statistics: adds samples and findings to `reading`; new statistics replace
/// those in `state`.
void judge_server_facts(const PostgresSettings& settings, const PostgresFacts& fetched,
                        const Now& now, PostgresState& state, Reading& reading);

[[nodiscard]] Reading judge_postgres(const PostgresSettings& settings, const PostgresFacts& facts,
                                     const Memory& memory, const Now& now);

}  // namespace holdfast
