// SPDX-License-Identifier: Apache-2.0
// What was written since the last run, and whether the counters can be compared. Pure.
#pragma once

#include <string>
#include <vector>

#include "checks/usage/state.h"

namespace holdfast::usage {

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

}  // namespace holdfast::usage
