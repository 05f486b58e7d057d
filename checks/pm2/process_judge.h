// SPDX-License-Identifier: Apache-2.0
// What is wrong with one process: its state, its restarts, its memory and its event loop, each as a
// sentence. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2 {

/// One process of PM2's list, and what the config and the memory know of it.
struct Subject {
  const Pm2Process* process;
  std::string name;                 ///< For findings: with the pm_id where several share a name.
  bool is_expected;                 ///< Named in the config.
  bool is_watched;                  ///< Judged: expected, or anything where nothing is expected.
  bool is_scheduled;                ///< Started by the clock: healthy when stopped.
  bool has_online_twin;             ///< Not online itself, but another instance of its name is.
  std::optional<double> in_hour{};  ///< Restarts of the last hour; empty: no baseline yet.
  double watched_seconds = 0;       ///< How much of that hour was watched.
  double new_restarts = 0;          ///< Since the last look.
};

/// A name as it may stand in a sentence: at most 60 bytes.
[[nodiscard]] std::string shown(std::string_view name);

/// Of a watched process; `now` in epoch seconds.
[[nodiscard]] std::optional<Finding> judge_state(const Settings& settings, const Subject& subject,
                                                 double now);
[[nodiscard]] std::optional<Finding> judge_restarts(const Settings& settings,
                                                    const Subject& subject);
[[nodiscard]] std::vector<Finding> judge_resources(const Settings& settings,
                                                   const Subject& subject);

}  // namespace holdfast::pm2
