// SPDX-License-Identifier: Apache-2.0
// Whether a database is in use, and by which clients. `fetch` does the I/O; `judge` is pure: a
// reading from the facts of this run, the memory of earlier ones and the time.
//
// Rows written, which Holdfast cannot do, and sessions of other clients prove use. Sessions named
// `holdfast` are taken for Holdfast's own, whichever process opened them: a client using that
// application_name can hide reads but not writes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/active_hours.h"
#include "checks/check.h"
#include "checks/run.h"
#include "checks/usage/rate.h"

namespace holdfast {

class PgSession;  // checks/support/pg/session.h

[[nodiscard]] const Kind& usage_kind();

namespace usage {

enum class Role : std::uint8_t { active, retired };

/// The options of one check, in their own types.
struct Settings {
  std::string database;  ///< As the config names it.
  Role role = Role::active;
  std::map<std::string, std::optional<Rate>>
      tables;                             ///< Expected ones; without a rate they must exist.
  std::vector<std::string> applications;  ///< Expected on an active database.
  std::vector<std::string> allowed;       ///< Applications that are neither use nor a breach.
  ActiveHours active;
  Duration gone_after{};  ///< How long after its last activity a client is gone.
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// Sessions of one application, user and client in this database.
struct Sessions {
  std::string application;
  std::string user;
  std::string client;  ///< An address, "local" or, where a right is missing, "hidden".
  double count = 0;
  std::optional<double> idle;  ///< Seconds since the last activity of any; if visible.
  bool is_hidden = false;      ///< Its backend type is hidden: it may be a background worker.
};

/// A table's counters, those of its partitions together.
struct Table {
  std::string name;        ///< "schema.table" where it is outside the search path.
  std::string configured;  ///< As the config names it; empty: it does not.
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  bool is_held = false;  ///< A transaction that writes to it is open: its rows are not counted yet.
};

/// Identifies a span of counting: when any of it changes, counters of before and after cannot be
/// compared.
struct Counting {
  std::string server;           ///< System identifier and timeline; empty where a right is missing.
  double started = 0;           ///< Epoch seconds.
  std::optional<double> reset;  ///< When this database's statistics were last reset.
  bool in_recovery = false;     ///< A standby: it counts no writes.
};

/// What one run read.
struct Facts {
  std::string dbname;
  Counting counting;
  bool counts_rows = true;  ///< Off with track_counts.
  std::vector<Sessions> sessions;
  double sessions_left_out = 0;        ///< Groups beyond kMaxSessions.
  bool is_replicated_to = false;       ///< Logical replication writes here.
  std::vector<Table> tables;           ///< Configured ones first, then the busiest.
  bool tables_cut = false;             ///< There are more than kMaxTables.
  std::vector<std::string> missing;    ///< Configured tables that do not exist.
  std::vector<std::string> ambiguous;  ///< Configured without schema, and in several.
  std::vector<std::pair<std::string, double>> statements;  ///< By user, those of our role left out.
  std::string no_statements;  ///< Why they are not known; empty when they are.
};

/// The bound on the values of a label.
inline constexpr std::size_t kMaxTables = 200;
inline constexpr std::size_t kMaxSessions = 200;
/// Tables a config may list: the memory has the last writes of each.
inline constexpr std::size_t kMaxConfigured = 100;
/// Breaches of a retired database that are reported one by one.
inline constexpr std::size_t kMaxBreaches = 20;

/// Reads sessions and counters through a leased session, in four or five round trips, from
/// catalogues and statistics only. Fails closed: a count that is missing, negative or not a number
/// is an error, never a 0.
[[nodiscard]] Result<Facts> fetch(const Settings& settings, PgSession& session,
                                  const Deadline& deadline, Trace& trace);

[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);

}  // namespace usage
}  // namespace holdfast
