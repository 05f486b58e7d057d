// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/operator_command.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "checks/support/text/columns.h"
#include "checks/support/text/time_text.h"
#include "checks/support/text/utf8.h"
#include "exporter/commands/commands.h"
#include "exporter/config/values.h"
#include "exporter/config/words.h"
#include "exporter/history/evidence_reader.h"
#include "exporter/history/operator_actions.h"

namespace holdfast {
namespace {

// Longer is no maintenance but an abandoned service.
constexpr Duration kMaxMaintenance = std::chrono::hours(24 * 7);
// `maintenance list` shows a month.
constexpr auto kMaintenanceShown = std::chrono::hours(24 * 30);
constexpr std::size_t kMaxReason = 500;

std::string operator_of(const OperatorCommand& command) {
  if (!command.who.empty()) return printable(command.who, 64);
  std::array<char, 1024> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found)
    return printable(found->pw_name, 64);
  return "user " + std::to_string(::getuid());
}

int refuse(Terminal& terminal, const std::string& sentence) {
  terminal.err << "holdfast: " << sentence << "\n";
  return kExitConfigError;
}

std::string line_of(const Maintenance& one) {
  return render_instant(one.span.begin) + "  " + pad_right(render_duration(one.span.length()), 12) +
         printable(one.who, 32) + ": " + printable(one.reason) + "\n";
}

int start(Sqlite& file, const OperatorCommand& command, Duration length, WallTime now,
          Terminal& terminal) {
  const Maintenance wanted{0,
                           {now, now + std::chrono::duration_cast<WallTime::duration>(length)},
                           now,
                           std::string(utf8_prefix(command.reason, kMaxReason)),
                           operator_of(command)};
  const auto declared = declare_maintenance(file, wanted);
  if (!declared) return refuse(terminal, declared.error().text);
  terminal.out << "Maintenance started for " << render_duration(length) << ", until "
               << render_instant(wanted.span.end)
               << ". 'holdfast maintenance end' ends it sooner.\n";
  return kExitOk;
}

int end(Sqlite& file, WallTime now, Terminal& terminal) {
  const auto ended = end_maintenance(file, now);
  if (!ended) return refuse(terminal, ended.error().text);
  terminal.out << (*ended == 0 ? "No maintenance to end.\n" : "Maintenance ended.\n");
  return kExitOk;
}

int list(Sqlite& file, WallTime now, Terminal& terminal) {
  const auto known = read_maintenance(file, {now - kMaintenanceShown, now + kMaxMaintenance});
  if (!known) return refuse(terminal, known.error().text);
  if (known->empty()) terminal.out << "No maintenance in the last 30 days.\n";
  for (const Maintenance& one : *known) terminal.out << line_of(one);
  return kExitOk;
}

int accept(Sqlite& file, const OperatorCommand& command, WallTime now, Terminal& terminal) {
  const auto given = request_action(
      file, {0, now, "baseline accept", command.subject,
             std::string(utf8_prefix(command.reason, kMaxReason)), operator_of(command)});
  if (!given) return refuse(terminal, given.error().text);
  terminal.out << "The daemon will drop the baseline of " << command.subject
               << " within seconds; the next run records a new one.\n";
  return kExitOk;
}

}  // namespace

int run_operator_command(const OperatorCommand& command, const Environment& environment,
                         Terminal& terminal) {
  using enum OperatorCommand::Action;
  const auto length = parse_duration(command.subject);
  const bool is_length =
      length.value && *length.value > Duration{} && *length.value <= kMaxMaintenance;
  if (command.action == start_maintenance && !is_length)
    return refuse(terminal, "invalid duration \"" + printable(command.subject, 32) +
                                "\": expected up to 7d, such as 15m or 2h");
  const auto config = load_config(command.config_file, environment, terminal);
  if (!config) return kExitConfigError;
  const std::string& path =
      command.history_path.empty() ? config->history_path : command.history_path;
  if (path.empty()) return refuse(terminal, "no history file: set history.path or --history.path");
  const auto file = open_for_actions(path);
  if (!file) return refuse(terminal, file.error().text);
  const WallTime now = std::chrono::system_clock::now();
  switch (command.action) {
    case start_maintenance:
      return start(**file, command, *length.value, now, terminal);
    case end_maintenance:
      return end(**file, now, terminal);
    case list_maintenance:
      return list(**file, now, terminal);
    case accept_baseline:
      break;
  }
  if (!choose_checks(*config, {command.subject}, terminal)) return kExitConfigError;
  return accept(**file, command, now, terminal);
}

}  // namespace holdfast
