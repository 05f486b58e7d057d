// SPDX-License-Identifier: Apache-2.0
// Kind `postgres`: latency over TLS, certificates, and what the server says of itself.
// Each run dials a fresh connection by phases and asks SELECT 1 on a kept one; once in
// `facts_interval` it also asks the server's own statistics through the shared session.
// Fetch and judge meet in PostgresLook; judge is pure.
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

/// What the server said of itself. A fact that is not there could not be seen.
struct ServerFacts {
  std::string version;                    ///< "15.20 (Debian 15.20-0+deb12u1)"
  std::map<std::string, double> numbers;  ///< By the names of the columns in facts.cpp.
  std::vector<std::string> unseen;        ///< Facts for which we have no right, in words.
  [[nodiscard]] std::optional<double> number(const std::string& name) const;
};

/// What one run saw.
struct PostgresLook {
  DialPhases phases;
  Duration connect{};                  ///< The whole fresh connection, when it stands.
  std::optional<Error> connect_error;  ///< Of the fresh connection.
  TlsFacts tls;
  std::optional<Duration> query;      ///< SELECT 1 on the kept connection.
  std::optional<Error> query_error;   ///< Why there is no `query`.
  Duration query_waited{};            ///< How long the query that failed was waited for.
  bool kept_was_lost = false;         ///< The kept connection had died and was replaced.
  std::optional<ServerFacts> server;  ///< Empty when it was not asked this time.
  std::string server_note;            ///< Why it could not be asked, if so.
};

/// Looks at the database of `settings` under the run's deadline. Whether the server's statistics
/// are due is read from the run's memory.
[[nodiscard]] PostgresLook fetch_postgres(const PostgresSettings& settings, Run& run);

/// Asks the server's statistics through the shared session. Error: the first one that is not
/// merely a missing right.
[[nodiscard]] Result<ServerFacts> fetch_server_facts(const Database& database, Databases& databases,
                                                     const Deadline& deadline);

/// The reading of that look.
[[nodiscard]] Reading judge_postgres(const PostgresSettings& settings, const PostgresLook& look,
                                     const Memory& memory, const Now& now);

/// When the server's statistics were last asked, in the memory: seconds since the epoch.
inline constexpr std::string_view kFactsAskedKey = "facts_asked";

}  // namespace holdfast
