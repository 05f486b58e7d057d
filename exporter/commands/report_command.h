// SPDX-License-Identifier: Apache-2.0
// `holdfast report`: the daily health check or a window's report, from the daemon's history, opened
// read-only. Each check is run once for its current findings. One calling thread.
#pragma once

#include <functional>
#include <string>

#include "exporter/commands/check_command.h"
#include "exporter/window/results.h"

namespace holdfast {

struct ReportCommand {
  std::string config_file;   ///< Empty: from the environment.
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  std::string window;        ///< Empty: the daily health check.
  std::string format = "text";
  std::string output;      ///< Empty: the terminal.
  bool run_checks = true;  ///< For current findings and what expires in the next 24 hours.
  bool is_brief = false;   ///< Print one line: the verdict and its reason.
};

/// Opens the history file of that path for reading.
using OpenHistory = std::function<WindowSource(const std::string& path)>;

/// Nagios exit codes for the day; for a window 0 go, 1 in progress or pending, 2 no_go, 3
/// inconclusive. 3 also for a config error, an unknown window, or an unreadable history.
[[nodiscard]] int run_report(const ReportCommand& command, const Environment& environment,
                             const OpenHistory& open_history, const RunChecks& run_checks,
                             WallTime now, Terminal& terminal);

}  // namespace holdfast
