// SPDX-License-Identifier: Apache-2.0
// Is this database the one in use, and by whom? Pure: what was seen, what the last looks left and
// the time make a reading. Knows no database. Safe from any thread.
//
// Proof of use are rows written, which Holdfast cannot do, and sessions of others. Sessions that
// are named `holdfast` are taken for Holdfast's, whoever opened them: this process's own, those of
// a second one, of the command line. Who takes that name can hide that he reads, never that he
// writes.
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

[[nodiscard]] const Kind& usage_kind();

namespace usage {

enum class Role : std::uint8_t { active, retired };

/// The options of one check, in their own types.
struct Settings {
  std::string database;  ///< As the config names it.
  Role role = Role::active;
  std::map<std::string, std::optional<Rate>>
      tables;                             ///< Expected ones; without a rate: to be there.
  std::vector<std::string> applications;  ///< Expected on an active database.
  std::vector<std::string> allowed;       ///< Applications that are no use and no breach.
  ActiveHours active;
  Duration gone_after{};  ///< After his last sign somebody counts as gone.
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// Sessions of others in this database that are alike.
struct Sessions {
  std::string application;
  std::string user;
  std::string client;  ///< An address, "local" or, where a right is missing, "hidden".
  double count = 0;
  std::optional<double> idle;  ///< Seconds since one of them last did anything, where it is seen.
  bool is_hidden = false;      ///< Perhaps a background worker: its kind may not be seen.
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

/// What tells one span of counting from another: when any of it changes, counters of before and
/// after cannot be compared.
struct Counting {
  std::string server;           ///< System identifier and timeline; empty where a right is missing.
  double started = 0;           ///< Epoch seconds.
  std::optional<double> reset;  ///< When this database's statistics were last reset.
  bool in_recovery = false;     ///< A standby: it counts nobody's writes.
};

/// What one look brought home.
struct Facts {
  std::string dbname;
  Counting counting;
  bool counts_rows = true;  ///< Off with track_counts.
  std::vector<Sessions> sessions;
  double sessions_left_out = 0;        ///< Groups beyond kMaxSessions.
  bool is_replicated_to = false;       ///< Logical replication writes here.
  std::vector<Table> tables;           ///< Configured ones first, then the busiest.
  bool tables_cut = false;             ///< There are more than kMaxTables.
  std::vector<std::string> missing;    ///< Configured tables that are not there.
  std::vector<std::string> ambiguous;  ///< Configured without schema, and there more than once.
  std::vector<std::pair<std::string, double>> statements;  ///< By user, those of our role left out.
  std::string no_statements;  ///< Why they are not known; empty when they are.
};

/// As many values as a label may have.
inline constexpr std::size_t kMaxTables = 200;
inline constexpr std::size_t kMaxSessions = 200;
/// Tables a config may name: each is remembered with its last writes.
inline constexpr std::size_t kMaxConfigured = 100;
/// Who broke the silence of a retired database is told one by one, up to here.
inline constexpr std::size_t kMaxBreaches = 20;

[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);

}  // namespace usage
}  // namespace holdfast
