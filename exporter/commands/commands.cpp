// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/commands.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "exporter/commands/command_line.h"
#include "exporter/commands/config_command.h"
#include "exporter/commands/describe.h"
#include "exporter/commands/report_service.h"
#include "exporter/version.h"

namespace holdfast {
namespace {

bool wants_colours() {
  const char* refusal = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return ::isatty(STDOUT_FILENO) == 1 && (refusal == nullptr || *refusal == '\0');
}

int run_describe(const std::string& format, Terminal& terminal) {
  const auto kinds = all_kinds();
  terminal.out << (format == "json"       ? describe_json(kinds)
                   : format == "markdown" ? describe_markdown(kinds)
                                          : describe_text(kinds))
               << std::flush;
  return kExitOk;
}

int run(Arguments& said, const Environment& environment, Terminal& terminal) {
  const std::string config_file = config_file_to_use(said.config_file);
  said.serve.config_file = said.check.config_file = config_file;
  said.report.config_file = said.action.config_file = config_file;
  switch (said.command) {
    case Command::serve:
      return serve(said.serve, environment, terminal);
    case Command::check:
      return run_check(said.check, environment, run_real_checks, terminal);
    case Command::explain:
      return run_explain(said.check, environment, run_real_checks, terminal);
    case Command::report:
      return run_report(said.report, environment, open_window_source, run_real_checks,
                        system_clock().now().wall, terminal);
    case Command::maintenance_start:
      return run_maintenance_start(said.action, environment, terminal);
    case Command::maintenance_end:
      return run_maintenance_end(said.action, environment, terminal);
    case Command::maintenance_list:
      return run_maintenance_list(said.action, environment, terminal);
    case Command::baseline_accept:
      return run_baseline_accept(said.action, environment, terminal);
    case Command::config_check:
      return run_config_check(config_file, environment, terminal);
    case Command::config_example:
      terminal.out << example_config() << std::flush;
      return kExitOk;
    case Command::describe:
      return run_describe(said.describe_format, terminal);
    case Command::version:
      terminal.out << "holdfast " << version() << std::endl;
      return kExitOk;
  }
  return kExitMisuse;
}

}  // namespace

int run_command(int argc, char** argv) {
  // A reader that goes away ("holdfast check | head") must not kill a run in the middle.
  std::signal(SIGPIPE, SIG_IGN);
  Terminal terminal{std::cout, std::cerr, wants_colours()};
  try {
    auto parsed = parse_command_line(argc, argv, terminal);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    return run(std::get<Arguments>(parsed), process_environment(), terminal);
  } catch (const std::exception&) {
    // What a library says may quote what it was reading (law 4).
    terminal.err << "holdfast: a fault in Holdfast itself; please report it\n";
    return kExitMisuse;
  }
}

}  // namespace holdfast
