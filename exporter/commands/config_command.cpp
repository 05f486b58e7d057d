// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/config_command.h"

#include "checks/support/text/columns.h"
#include "exporter/commands/commands.h"

namespace holdfast {

int run_config_check(const std::string& file, const Environment& environment, Terminal& terminal) {
  const std::optional<Config> config = load_config(file, environment, terminal);
  if (!config) return kExitConfigError;
  const auto count = [](const auto& list, std::string_view noun) {
    return render_count(static_cast<double>(list.size()), noun);
  };
  terminal.out << (file.empty() ? std::string("the environment") : printable(file, 4096))
               << " is valid: " << count(config->checks, "check") << ", "
               << count(config->databases, "database") << ", " << count(config->windows, "window")
               << "\n";
  for (const std::string& note : config->notes) terminal.out << "note: " << note << "\n";
  // No error: the daemon may have permissions or credentials that this user has not.
  for (const std::string& sentence : unreadable_secrets(*config))
    terminal.out << "warning: " << sentence << " (as the current user)\n";
  return kExitOk;
}

}  // namespace holdfast
