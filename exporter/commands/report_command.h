// SPDX-License-Identifier: Apache-2.0
// `holdfast report`: the daily health check or a window's report, from the daemon's history, which
// is read and never written. One look at each check tells what will happen next. One thread calls.
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
  std::string output;     ///< Empty: the terminal.
  bool runs = true;       ///< Look once, to know what will happen in the next 24 hours.
  bool is_brief = false;  ///< Print the verdict's line alone.
};

/// Opens the history file of that path for reading.
using OpenHistory = std::function<WindowSource(const std::string& path)>;

/// Nagios' exit codes for the day; for a window 0 go, 1 in progress or pending, 2 no_go, 3
/// inconclusive. 3 as well for a config fault, an unknown window, a history that cannot be read.
[[nodiscard]] int run_report(const ReportCommand& command, const Environment& environment,
                             const OpenHistory& open_history, const RunChecks& run_checks,
                             WallTime now, Terminal& terminal);

}  // namespace holdfast
