// SPDX-License-Identifier: Apache-2.0
// What is kept between runs: the counters and since when they can be compared, and when clients
// were last seen. Values; pure.
//
// The active clock runs only within the hours of `active`: rates are measured on it, so that a
// quiet night is no finding. It starts at 0 with each new baseline.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/memory.h"
#include "checks/usage/judge.h"

namespace holdfast::usage {

/// One table in the last run.
struct KnownTable {
  double inserted = 0;
  double updated = 0;
  double deleted = 0;
  std::optional<double> written_at;  ///< Epoch seconds of the run that saw its counters grow.
  double last_rows = 0;              ///< Rows written according to that run.
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

  [[nodiscard]] static State load(const Memory& memory);
  [[nodiscard]] Memory save() const;
};

}  // namespace holdfast::usage
