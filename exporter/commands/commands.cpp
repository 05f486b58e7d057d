// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/commands.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>

#include "exporter/commands/command_line.h"
#include "exporter/commands/config_command.h"
#include "exporter/commands/describe.h"
#include "exporter/commands/overview_cache.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

int run_describe(const std::string& format, Terminal& terminal) {
  const auto kinds = all_kinds();
  terminal.out << (format == "json"       ? describe_json(kinds)
                   : format == "markdown" ? describe_markdown(kinds)
                                          : describe_text(kinds))
               << std::flush;
  return kExitOk;
}

int run(Arguments& arguments, const Environment& environment, Terminal& terminal) {
  const std::string config_file = config_file_to_use(arguments.config_file);
  arguments.serve.config_file = arguments.check.config_file = config_file;
  arguments.report.config_file = arguments.action.config_file = config_file;
  switch (arguments.command) {
    case Command::serve:
      return serve(arguments.serve, environment, terminal);
    case Command::check:
      return run_check(arguments.check, environment, run_real_checks, terminal);
    case Command::explain:
      return run_explain(arguments.check, environment, run_real_checks, terminal);
    case Command::report:
      return run_report(
          arguments.report, environment,
          [](const std::string& path) { return window_source(read_history(path)); },
          run_real_checks, system_clock().now().wall, terminal);
    case Command::maintenance_start:
      return run_maintenance_start(arguments.action, environment, terminal);
    case Command::maintenance_end:
      return run_maintenance_end(arguments.action, environment, terminal);
    case Command::maintenance_list:
      return run_maintenance_list(arguments.action, environment, terminal);
    case Command::baseline_accept:
      return run_baseline_accept(arguments.action, environment, terminal);
    case Command::config_check:
      return run_config_check(config_file, environment, terminal);
    case Command::config_example:
      terminal.out << example_config() << std::flush;
      return kExitOk;
    case Command::describe:
      return run_describe(arguments.describe_format, terminal);
    case Command::version:
      terminal.out << "holdfast " << version() << std::endl;
      return kExitOk;
  }
  return kExitMisuse;
}

}  // namespace

int run_command(int argc, char** argv) {
  // A closed pipe ("holdfast check | head") must not kill a run.
  std::signal(SIGPIPE, SIG_IGN);
  Terminal terminal{std::cout, std::cerr, wants_colours()};
  try {
    auto parsed = parse_command_line(argc, argv, terminal);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    return run(std::get<Arguments>(parsed), process_environment(), terminal);
  } catch (const std::exception&) {
    // A library's message may quote secrets (law 4).
    terminal.err << "holdfast: internal error; please report it\n";
    return kExitMisuse;
  }
}

}  // namespace holdfast
