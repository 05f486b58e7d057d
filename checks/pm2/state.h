// SPDX-License-Identifier: Apache-2.0
// What is kept of one PM2 daemon and its processes between two runs. A value; pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/memory.h"

namespace holdfast::pm2 {

/// The restarts of one process in the last hour, by minute. PM2's own counter has no times, and
/// `pm2 reset`, `pm2 delete` or a new daemon reset it to zero, which starts a new history and is
/// never a negative rate.
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

/// One watched process; no restarts where PM2 did not report a counter.
struct KnownProcess {
  std::string name;
  std::string pm_id;
  std::optional<RestartHistory> restarts;
};

/// Several processes that restarted in the same interval.
struct Wave {
  double at = 0;      ///< Epoch seconds.
  double within = 0;  ///< Seconds between the runs before and after.
  std::vector<std::string> names;
};

/// Another daemon process in the place of `predecessor`.
struct Replacement {
  double at = 0;  ///< Epoch seconds.
  double predecessor = 0;
};

struct State {
  static constexpr int kVersion = 1;
  double at = 0;  ///< Epoch seconds of the run; 0: there was none.
  double daemon_pid = 0;
  std::string pm2_version;  ///< Not "version", which is the version of the state itself.
  std::vector<KnownProcess> processes;
  std::map<std::string, std::string> last_ids;  ///< The pm_id an expected name had last.
  std::optional<Wave> wave;
  std::optional<Replacement> replacement;
  std::map<std::string, double> homes;  ///< Other daemons' process ids by their home.
  double homes_at = 0;                  ///< Epoch seconds of the last search for them.

  [[nodiscard]] static State load(const Memory& memory);
  [[nodiscard]] Memory save() const;
};

}  // namespace holdfast::pm2
