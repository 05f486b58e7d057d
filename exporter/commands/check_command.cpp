// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_command.h"

#include "exporter/commands/commands.h"
#include "exporter/history/history.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

std::string render(const CheckCommand& command, const std::vector<Look>& looks,
                   const std::vector<std::string>& notes, bool colours) {
  switch (command.format) {
    case LookFormat::json:
      return render_json(looks, notes);
    case LookFormat::markdown:
      return render_markdown(looks, notes);
    case LookFormat::nagios:
      return render_nagios(looks);
    case LookFormat::text:
      break;
  }
  return render_text(looks, notes, colours);
}

/// That baselines cannot be read although the daemon's file is there; empty: they can.
std::string tell_blind(const Config& config) {
  const std::string trouble = read_history(config.history_path)->facts().trouble;
  if (trouble.empty()) return {};
  return "There is trouble with the history: " + trouble +
         ". What needs a baseline is not judged here.";
}

}  // namespace

int run_check(const CheckCommand& command, const Environment& environment,
              const LookAt& look_at_all, Terminal& terminal) {
  std::optional<Config> config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitMisuse;
  const auto checks = choose_checks(*config, command.names, terminal);
  if (!checks) return kExitMisuse;
  if (auto blind = tell_blind(*config); !blind.empty()) config->notes.push_back(std::move(blind));
  // A pager must not ring for one lost packet; a person sees what is so right now.
  const bool confirm = command.format == LookFormat::nagios;
  const std::vector<Look> looks = look_at_all(*checks, config->history_path, confirm);
  terminal.out << render(command, looks, config->notes, terminal.colours) << std::flush;
  // Nothing was looked at: that is never ok.
  return looks.empty() ? kExitUnknown : exit_code_of(worst_of(looks));
}

int run_explain(const CheckCommand& command, const Environment& environment,
                const LookAt& look_at_all, Terminal& terminal) {
  const std::optional<Config> config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitMisuse;
  const auto checks = choose_checks(*config, command.names, terminal);
  if (!checks) return kExitMisuse;
  const std::vector<Look> looks = look_at_all(*checks, config->history_path, false);
  if (const auto blind = tell_blind(*config); !blind.empty()) terminal.err << blind << "\n";
  for (const Look& look : looks) terminal.out << render_explanation(look, terminal.colours);
  terminal.out << std::flush;
  return looks.empty() ? kExitUnknown : exit_code_of(worst_of(looks));
}

}  // namespace holdfast
