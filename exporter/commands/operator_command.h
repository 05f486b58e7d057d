// SPDX-License-Identifier: Apache-2.0
// Operator actions: maintenance, and accepting a baseline. They are written to the history file
// with the operator and the reason; the daemon applies them within seconds. One thread.
#pragma once

#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

struct OperatorCommand {
  enum class Action : std::uint8_t {
    start_maintenance,
    end_maintenance,
    list_maintenance,
    accept_baseline
  };
  Action action = Action::list_maintenance;
  std::string config_file;
  std::string history_path;  ///< Replaces the config's; empty: as configured.
  std::string subject;  ///< The duration (`maintenance start`) or the check (`baseline accept`).
  std::string reason;
  std::string who;  ///< Empty: the current user.
};

/// Returns the exit code: 0, or 2 after an error message on `terminal.err`.
[[nodiscard]] int run_operator_command(const OperatorCommand& command,
                                       const Environment& environment, Terminal& terminal);

}  // namespace holdfast
