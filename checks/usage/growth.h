// SPDX-License-Identifier: Apache-2.0
// What was written since the last look, and whether that can be said at all. Pure.
#pragma once

#include <string>
#include <vector>

#include "checks/usage/state.h"

namespace holdfast::usage {

/// Rows of one table written since the last look.
struct Written {
  const Table* table = nullptr;
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  [[nodiscard]] double rows() const { return inserted + updated + deleted; }
};

struct Growth {
  /// Counters can be compared with those of the last look. False at the first look and at one that
  /// finds another server, a restart, a failover or a reset: neither silence nor a flood.
  bool has_baseline = false;
  std::string change;             ///< What was found, as a sentence; empty at the first look.
  std::vector<Written> written;   ///< Only tables with rows; the configured first.
  std::vector<std::string> fell;  ///< Tables whose counters fell: counted anew from here.
  [[nodiscard]] double rows() const;
};

/// Takes the look into `state`: its counters, its time on the active clock, a new baseline where
/// one is needed.
[[nodiscard]] Growth take_growth(const Settings& settings, const Facts& facts, State& state,
                                 const Now& now);

/// Rows written to a table with a rate, in as much of the rate's time as was seen.
struct Pace {
  double rows = 0;
  double seen = 0;  ///< Active seconds.
};
[[nodiscard]] Pace pace_of(const KnownTable& table, const Rate& rate, double clock);

}  // namespace holdfast::usage
