// SPDX-License-Identifier: Apache-2.0
// `holdfast check` and `holdfast explain`: run checks now and print the results. One calling
// thread; the checks run side by side.
#pragma once

#include <string>
#include <vector>

#include "exporter/commands/load.h"
#include "exporter/commands/render.h"

namespace holdfast {

struct CheckCommand {
  std::string config_file;         ///< Empty: from the environment.
  std::vector<std::string> names;  ///< Empty: all.
  std::string format = "text";     ///< text, json, markdown, nagios or kExplanation.
};
/// The format of `holdfast explain`: each step of the runs.
inline constexpr const char* kExplanation = "explanation";

/// Runs checks with the baselines of a history; the real one is run_real_checks.
using RunChecks = std::function<std::vector<CheckRun>(
    const std::vector<CheckConfig>& checks, const std::string& history_path, bool confirm)>;

/// Nagios exit codes; kExitMisuse for a config error or an unknown name.
[[nodiscard]] int run_check(const CheckCommand& command, const Environment& environment,
                            const RunChecks& run_checks, Terminal& terminal);

}  // namespace holdfast
