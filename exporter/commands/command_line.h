// SPDX-License-Identifier: Apache-2.0
// Parses the command line; reads no file and runs nothing. The only user of CLI11. One thread.
#pragma once

#include <string>
#include <variant>

#include "exporter/commands/check_command.h"
#include "exporter/commands/operator_command.h"
#include "exporter/commands/report_command.h"
#include "exporter/commands/serve.h"

namespace holdfast {

enum class Command {
  serve,
  check,
  explain,
  report,
  maintenance_start,
  maintenance_end,
  maintenance_list,
  baseline_accept,
  config_check,
  config_example,
  describe,
  version,
};

/// The parsed command line. Only the members of `command` are meaningful.
struct Arguments {
  Command command = Command::version;
  std::string config_file;  ///< Empty: not given.
  ServeOptions serve;       ///< Without config_file, as the other commands.
  CheckCommand check;       ///< Of `explain` too.
  ReportCommand report;
  OperatorCommand action;
  std::string describe_format = "text";  ///< text, json or markdown.
};

/// The arguments, or an exit code: 0 after printing help or the version, else after an error
/// message on `terminal.err`.
[[nodiscard]] std::variant<Arguments, int> parse_command_line(int argc, char** argv,
                                                              Terminal& terminal);

}  // namespace holdfast
