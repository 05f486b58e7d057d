// SPDX-License-Identifier: Apache-2.0
// What is remembered between two looks: the counters and since when they can be compared, who was
// there when, and on which day-clock. Values; pure.
//
// The active clock runs only within the hours of `active`: a rate looks back on it, so that a
// quiet night is no silence. It begins at 0 with each new baseline.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/memory.h"
#include "checks/usage/judge.h"

namespace holdfast::usage {

/// One table as it was at the last look.
struct KnownTable {
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  std::optional<double> written_at;  ///< Epoch seconds of the look that saw its counters grow.
  double last_rows = 0;              ///< How many rows that look saw written.
  /// Rows written since the baseline, by active clock; ascending, the first a little older than the
  /// table's rate looks back. Only for tables with a rate.
  struct Mark {
    double clock = 0;
    double rows = 0;
  };
  std::vector<Mark> marks;
  double rows = 0;  ///< Written since the baseline.
};

/// Somebody who broke the silence of a retired database.
struct Breach {
  double seen_at = 0;  ///< Epoch seconds.
  double count = 0;    ///< Sessions then, or rows since he began.
};

struct State {
  static constexpr int kVersion = 1;
  std::optional<double> looked_at;  ///< Epoch seconds of the last look.
  double baseline_at = 0;           ///< Since when counters can be compared.
  double clock = 0;                 ///< Active seconds since then.
  Counting counting;
  std::map<std::string, KnownTable> tables;
  std::optional<double> used_at;               ///< Last sign of use, epoch seconds.
  double used_clock = 0;                       ///< The same on the active clock.
  std::string used_by;                         ///< Who that was, as far as it is known.
  std::map<std::string, double> applications;  ///< Expected ones: active clock when last seen.
  std::map<std::string, Breach> sessions;      ///< By "application\x1fuser\x1fclient".
  std::map<std::string, Breach> writes;        ///< By table.

  [[nodiscard]] static State load(const Memory& memory);
  [[nodiscard]] Memory save() const;
};

}  // namespace holdfast::usage
