// SPDX-License-Identifier: Apache-2.0
// Judges one process: its state, restarts, memory and event loop. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2 {

/// One process of PM2's list, with what the config and the memory say about it.
struct Subject {
  const Pm2Process* process;
  std::string name;                 ///< For findings: with pm_id if several share a name.
  bool is_expected;                 ///< Named in the config.
  bool is_judged;                   ///< Expected, or any process if none is expected.
  bool is_scheduled;                ///< Runs on a schedule: healthy when stopped.
  bool has_online_instance;         ///< Not online, but another instance of the same name is.
  std::optional<double> in_hour{};  ///< Restarts of the last hour; empty: no baseline yet.
  double observed_seconds = 0;      ///< How much of that hour was observed.
  double new_restarts = 0;          ///< Since the previous run.
};

/// A name for use in a sentence, cut to 60 bytes.
[[nodiscard]] std::string shown(std::string_view name);

/// `now` in epoch seconds.
[[nodiscard]] std::optional<Finding> judge_state(const Settings& settings, const Subject& subject,
                                                 double now);
[[nodiscard]] std::optional<Finding> judge_restarts(const Settings& settings,
                                                    const Subject& subject);
[[nodiscard]] std::vector<Finding> judge_resources(const Settings& settings,
                                                   const Subject& subject);

}  // namespace holdfast::pm2
