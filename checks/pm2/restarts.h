// SPDX-License-Identifier: Apache-2.0
// The restarts of one process in the last hour, by minute. PM2's own
// counter has no times, and `pm2 reset`, `pm2 delete` or a new daemon reset it to zero, which
// starts a new history and is never a negative rate. A plain value.
#pragma once

#include <vector>

namespace holdfast::pm2 {

struct RestartHistory {
  /// Restarts in one minute, counted from the epoch.
  struct Minute {
    double minute = 0;
    double restarts = 0;
  };
  double counter = 0;           ///< As PM2 reported it last.
  double since = 0;             ///< Epoch seconds: when observation started.
  std::vector<Minute> minutes;  ///< Ascending, at most 61.

  /// Adds the counter's current value; returns the restarts since the previous one.
  double add(double new_counter, double now);
  /// Restarts within the observed part of the last hour.
  [[nodiscard]] double in_last_hour() const;
  /// How much of the last hour was observed, in seconds.
  [[nodiscard]] double observed(double now) const;
};

}  // namespace holdfast::pm2
