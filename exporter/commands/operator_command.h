// SPDX-License-Identifier: Apache-2.0
// What a person tells the running daemon: maintenance, and that a baseline is accepted. Both go
// through the history file, with who said it and why; the daemon sees them within seconds. One
// thread.
#pragma once

#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

struct OperatorCommand {
  std::string config_file;
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  std::string subject;  ///< How long (`maintenance start`), or which check (`baseline accept`).
  std::string reason;
  std::string who;  ///< Empty: the system's name of the user.
};

/// Each gives the exit code: 0, or 2 with a sentence on `terminal.err`.
[[nodiscard]] int run_maintenance_start(const OperatorCommand& action,
                                        const Environment& environment, Terminal& terminal);
[[nodiscard]] int run_maintenance_end(const OperatorCommand& action, const Environment& environment,
                                      Terminal& terminal);
[[nodiscard]] int run_maintenance_list(const OperatorCommand& action,
                                       const Environment& environment, Terminal& terminal);
[[nodiscard]] int run_baseline_accept(const OperatorCommand& action, const Environment& environment,
                                      Terminal& terminal);

}  // namespace holdfast
