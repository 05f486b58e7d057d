// SPDX-License-Identifier: Apache-2.0
// What the command line asks for, taken apart and nothing more: no file is read, nothing is run.
// The only room that knows CLI11. One thread.
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

/// All that the command line can say. Only what belongs to `command` has a meaning.
struct Arguments {
  Command command = Command::version;
  std::string config_file;  ///< As given; empty: none was.
  ServeOptions serve;       ///< These four are without their config_file, which is above.
  CheckCommand check;       ///< Of `explain` too.
  ReportCommand report;
  OperatorCommand action;
  std::string describe_format = "text";  ///< text, json or markdown.
};

/// The arguments, or the exit code where there is nothing left to do: help and the version were
/// printed (0), or the line cannot be understood, which is said on `terminal.err`.
[[nodiscard]] std::variant<Arguments, int> parse_command_line(int argc, char** argv,
                                                              Terminal& terminal);

}  // namespace holdfast
