// SPDX-License-Identifier: Apache-2.0
// Operator actions: maintenance, and accepting a baseline. They are written to the history file
// with the operator and the reason; the daemon applies them within seconds. One thread.
#pragma once

#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

struct OperatorCommand {
  std::string config_file;
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  std::string subject;  ///< The duration (`maintenance start`) or the check (`baseline accept`).
  std::string reason;
  std::string who;  ///< Empty: the current user.
};

/// Each returns the exit code: 0, or 2 after an error message on `terminal.err`.
[[nodiscard]] int run_maintenance_start(const OperatorCommand& action,
                                        const Environment& environment, Terminal& terminal);
[[nodiscard]] int run_maintenance_end(const OperatorCommand& action, const Environment& environment,
                                      Terminal& terminal);
[[nodiscard]] int run_maintenance_list(const OperatorCommand& action,
                                       const Environment& environment, Terminal& terminal);
[[nodiscard]] int run_baseline_accept(const OperatorCommand& action, const Environment& environment,
                                      Terminal& terminal);

}  // namespace holdfast
