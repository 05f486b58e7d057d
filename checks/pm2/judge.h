// SPDX-License-Identifier: Apache-2.0
// Is what runs under PM2 healthy? Pure: what PM2 said, what the last look left and the time make
// a reading. Knows no socket. Safe from any thread.
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

/// The options of one check, in their own types.
struct Settings {
  std::string home;
  std::vector<std::string> expect;     ///< Must be there and online. Empty: whatever PM2 lists.
  std::vector<std::string> scheduled;  ///< Must be there; stopped is healthy.
  Limit restarts;                      ///< Restarts of one process within an hour.
  Limit launching;                     ///< Seconds in state launching.
  Limit memory;                        ///< Bytes of one process.
  Limit event_loop;                    ///< Seconds of event loop latency, 95th percentile.
  bool find_homes = true;
  std::vector<std::string> other_homes;  ///< Known to a person; no info about them.
  Duration interval = std::chrono::seconds(15);
};
[[nodiscard]] Settings settings_of(const CheckConfig& config);

/// What one look brought home.
struct Facts {
  std::string version;
  int daemon_pid = 0;  ///< 0: not known.
  std::vector<Pm2Process> processes;
  std::optional<std::vector<Pm2Home>> homes;  ///< Only when this look searched for them.
};

/// A process list is compared with the last one only when that is not older than this (or three
/// intervals): what happened in between cannot be dated.
inline constexpr Duration kMaxLookGap = std::chrono::minutes(5);
/// How long an event of one moment (a wave of restarts, a new daemon) stands as a finding: long
/// enough for every alert rule to see it, and short, since it is over.
inline constexpr Duration kEventStands = std::chrono::minutes(2);
/// Restarts are remembered for the first so many processes: 500 histories fit the memory's bound.
inline constexpr std::size_t kMaxHistories = 500;

/// The complete reading of a PM2 that answered.
[[nodiscard]] Reading judge(const Settings& settings, const Facts& facts, const Memory& memory,
                            const Now& now);
/// The reading of a PM2 that did not: expected processes are `unknown`, the memory stays.
[[nodiscard]] Reading judge_failure(const Settings& settings, Error error, const Memory& memory,
                                    const std::optional<std::vector<Pm2Home>>& homes);

}  // namespace pm2
}  // namespace holdfast
