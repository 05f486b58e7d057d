// SPDX-License-Identifier: Apache-2.0
// Judges the processes under PM2. Pure: facts, memory and the time make a reading; no I/O. Safe
// from any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "checks/check.h"
#include "checks/run.h"
#include "checks/support/pm2/homes.h"
#include "checks/support/pm2/reply.h"

namespace holdfast {

[[nodiscard]] const Kind& pm2_kind();

namespace pm2 {

/// The options of one check.
struct Settings {
  std::string home;
  std::vector<std::string> expect;     ///< Must be online. Empty: every process in PM2's list.
  std::vector<std::string> scheduled;  ///< Must be in the list; stopped is healthy.
  Limit restarts;                      ///< Restarts of one process within an hour.
  Limit launching;                     ///< Seconds in state launching.
  Limit memory;                        ///< Bytes of one process.
  Limit event_loop;                    ///< Seconds of p95 event loop latency.
  bool find_homes = true;
  std::vector<std::string> other_homes;  ///< Known; not reported.
  Duration interval = std::chrono::seconds(15);
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// What one run read.
struct Facts {
  std::string version;
  int daemon_pid = 0;  ///< 0: not known.
  std::vector<Pm2Process> processes;
  std::optional<std::vector<Pm2Home>> homes;  ///< Only when this run searched for them.
};

/// A process list is compared with the previous one only if that is at most this old (or three
/// intervals): otherwise the time of a restart is unknown.
inline constexpr Duration kMaxRunGap = std::chrono::minutes(5);
/// How long a momentary event (a restart wave, a new daemon) stays an active finding: long enough
/// for every alert rule to fire.
inline constexpr Duration kEventLifetime = std::chrono::minutes(2);
/// Restarts are stored for at most this many processes, to stay within the memory's size limit.
inline constexpr std::size_t kMaxHistories = 500;

/// The reading of a PM2 daemon that answered.
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);
/// The reading of one that failed: expected processes are `unknown`, the memory is unchanged.
[[nodiscard]] Reading judge_failure(const Settings& settings, Error error, const Memory& memory,
                                    const std::optional<std::vector<Pm2Home>>& homes);

}  // namespace pm2
}  // namespace holdfast
