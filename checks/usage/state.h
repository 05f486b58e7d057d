// SPDX-License-Identifier: Apache-2.0
// What is kept between runs: the counters and since when they can be compared, and when clients
// were last seen; what was written since the last run; and the judges of the two roles. Pure.
//
// The active clock runs only within the hours of `active`: rates are measured on it, so that a
// quiet night is no finding. It starts at 0 with each new baseline.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/usage/judge.h"

namespace holdfast::usage {

/// One table in the last run.
struct KnownTable {
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  std::optional<double> written_at;  ///< Epoch seconds of the run that saw its counters grow.
  /// Rows written since the baseline, by active clock; ascending, the first a little older than the
  /// period of the table's rate. Only for tables with a rate.
  struct Mark {
    double clock = 0;
    double rows = 0;
  };
  std::vector<Mark> marks;
  double rows = 0;  ///< Written since the baseline.
};

/// A client that used a retired database, or a table written there.
struct Breach {
  double seen_at = 0;  ///< Epoch seconds.
  double count = 0;    ///< Sessions then, or rows since the breach began.
};

struct State {
  static constexpr int kVersion = 1;
  std::optional<double> last_run_at;  ///< Epoch seconds of the last run.
  double baseline_at = 0;             ///< Since when counters can be compared.
  double clock = 0;                   ///< Active seconds since then.
  Counting counting;
  std::map<std::string, KnownTable> tables;
  std::optional<double> used_at;               ///< Last sign of use, epoch seconds.
  double used_clock = 0;                       ///< The same on the active clock.
  std::string used_by;                         ///< Which clients that was, if known.
  std::map<std::string, double> applications;  ///< Expected ones: active clock when last seen.
  std::map<std::string, Breach> sessions;      ///< By "application\x1fuser\x1fclient".
  std::map<std::string, Breach> writes;        ///< By table.
};

/// Rows of one table written since the last run.
struct Written {
  const Table* table = nullptr;
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  [[nodiscard]] double rows() const { return inserted + updated + deleted; }
};

struct Growth {
  /// The counters can be compared with those of the last run. False in the first run and in one
  /// that finds another server, a restart, a failover or a reset.
  bool has_baseline = false;
  std::string change;             ///< What was found, as a sentence; empty in the first run.
  std::vector<Written> written;   ///< Only tables with rows; the configured first.
  std::vector<std::string> fell;  ///< Tables whose counters fell: counted from here.
  [[nodiscard]] double rows() const;
};

/// Updates `state` with the counters of this run and the active clock, and starts a new baseline
/// where one is needed.
[[nodiscard]] Growth measure_growth(const Settings& settings, const Facts& facts, State& state,
                                    const Now& now);

/// Rows written to a table with a rate, in as much of the rate's time as was seen.
struct Pace {
  double rows = 0;
  double seen = 0;  ///< Active seconds.
};
[[nodiscard]] Pace pace_of(const KnownTable& table, const Rate& rate, double clock);

/// One run, as the judges get it; they add to `reading` and `state`.
struct Context {
  const Settings& settings;
  const Facts& facts;
  const Growth& growth;
  const Now& now;
  State& state;
  Reading& reading;

  [[nodiscard]] double at() const { return epoch_seconds(now.wall); }
};

void judge_active(const Context& context);
void judge_retired(const Context& context);

/// Whether the application is allowed: its sessions are neither use nor a breach.
[[nodiscard]] bool is_allowed(const Settings& settings, const Sessions& sessions);

}  // namespace holdfast::usage
