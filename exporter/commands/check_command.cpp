// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_command.h"

#include "exporter/commands/commands.h"
#include "exporter/history/history.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

std::string render(const CheckCommand& command, const std::vector<CheckRun>& runs,
                   const std::vector<std::string>& notes, bool colours) {
  switch (command.format) {
    case OutputFormat::json:
      return render_json(runs, notes);
    case OutputFormat::markdown:
      return render_markdown(runs, notes);
    case OutputFormat::nagios:
      return render_nagios(runs);
    case OutputFormat::text:
      break;
  }
  return render_text(runs, notes, colours);
}

/// That baselines cannot be read although the daemon's file is there; empty: they can.
std::string render_blind(const Config& config) {
  const std::string trouble = read_history(config.history_path)->facts().trouble;
  if (trouble.empty()) return {};
  return "There is trouble with the history: " + trouble +
         ". What needs a baseline is not judged here.";
}

}  // namespace

int run_check(const CheckCommand& command, const Environment& environment,
              const RunChecks& run_checks, Terminal& terminal) {
  std::optional<Config> config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitMisuse;
  const auto checks = choose_checks(*config, command.names, terminal);
  if (!checks) return kExitMisuse;
  if (auto blind = render_blind(*config); !blind.empty()) config->notes.push_back(std::move(blind));
  // A pager must not ring for one lost packet; a person sees what is so right now.
  const bool confirm = command.format == OutputFormat::nagios;
  const std::vector<CheckRun> runs = run_checks(*checks, config->history_path, confirm);
  terminal.out << render(command, runs, config->notes, terminal.colours) << std::flush;
  // Nothing was looked at: that is never ok.
  return runs.empty() ? kExitUnknown : exit_code_of(worst_of(runs));
}

int run_explain(const CheckCommand& command, const Environment& environment,
                const RunChecks& run_checks, Terminal& terminal) {
  const std::optional<Config> config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitMisuse;
  const auto checks = choose_checks(*config, command.names, terminal);
  if (!checks) return kExitMisuse;
  const std::vector<CheckRun> runs = run_checks(*checks, config->history_path, false);
  if (const auto blind = render_blind(*config); !blind.empty()) terminal.err << blind << "\n";
  for (const CheckRun& run : runs) terminal.out << render_explanation(run, terminal.colours);
  terminal.out << std::flush;
  return runs.empty() ? kExitUnknown : exit_code_of(worst_of(runs));
}

}  // namespace holdfast
