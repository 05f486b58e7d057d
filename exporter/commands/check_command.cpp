// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_command.h"

#include "checks/support/text/columns.h"
#include "exporter/commands/commands.h"
#include "exporter/history/history.h"

namespace holdfast {
namespace {

std::string render(const std::string& format, const std::vector<CheckRun>& runs,
                   const std::vector<std::string>& notes, bool colours) {
  if (format == "json") return render_json(runs, notes);
  if (format == "markdown") return render_markdown(runs, notes);
  if (format == "nagios") return render_nagios(runs);
  if (format != kExplanation) return render_text(runs, notes, colours);
  std::string out;
  for (const CheckRun& run : runs) out += render_explanation(run, colours);
  return out;
}

/// A warning that the baselines cannot be read from the daemon's file; empty: they can.
std::string render_history_problem(const Config& config) {
  const std::string problem = read_history(config.history_path)->facts().problem;
  if (problem.empty()) return {};
  return "History problem: " + problem + ". Limits that need a baseline are not judged.";
}

}  // namespace

int run_check(const CheckCommand& command, const Environment& environment,
              const RunChecks& run_checks, Terminal& terminal) {
  std::optional<Config> config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitMisuse;
  const auto checks = choose_checks(*config, command.names, terminal);
  if (!checks) return kExitMisuse;
  if (auto problem = render_history_problem(*config); !problem.empty()) {
    if (command.format == kExplanation)
      terminal.err << problem << "\n";
    else
      config->notes.push_back(std::move(problem));
  }
  // Nagios pages people: confirmed status only.
  const bool confirm = command.format == "nagios";
  const std::vector<CheckRun> runs = run_checks(*checks, config->history_path, confirm);
  terminal.out << render(command.format, runs, config->notes, terminal.colours) << std::flush;
  // No checks: never ok.
  return runs.empty() ? kExitUnknown : exit_code_of(worst_of(runs));
}

}  // namespace holdfast
