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

/// The configuration and the daemon's history file; nothing after an error message.
struct Target {
  Config config;
  std::unique_ptr<Sqlite> file;
};
std::optional<Target> open_target(const OperatorCommand& action, const Environment& environment,
                                  Terminal& terminal) {
  auto config = load_config(action.config_file, environment, terminal);
  if (!config) return std::nullopt;
  const std::string path = action.history_path.empty() ? config->history_path : action.history_path;
  if (path.empty()) {
    terminal.err << "holdfast: no history file: set history.path or --history.path\n";
    return std::nullopt;
  }
  auto file = open_for_actions(path);
  if (!file) {
    terminal.err << "holdfast: " << file.error().text << "\n";
    return std::nullopt;
  }
  return Target{*std::move(config), std::move(file).value()};
}

std::string operator_of(const OperatorCommand& action) {
  if (!action.who.empty()) return printable(action.who, 64);
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

}  // namespace

int run_maintenance_start(const OperatorCommand& action, const Environment& environment,
                          Terminal& terminal) {
  const auto length = parse_duration(action.subject);
  if (!length.value || *length.value <= Duration{} || *length.value > kMaxMaintenance)
    return refuse(terminal, "invalid duration \"" + printable(action.subject, 32) +
                                "\": expected up to 7d, such as 15m or 2h");
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigError;
  const WallTime now = std::chrono::system_clock::now();
  const Maintenance wanted{
      0,
      {now, now + std::chrono::duration_cast<WallTime::duration>(*length.value)},
      now,
      std::string(utf8_prefix(action.reason, kMaxReason)),
      operator_of(action)};
  const auto declared = declare_maintenance(*target->file, wanted);
  if (!declared) return refuse(terminal, declared.error().text);
  terminal.out << "Maintenance started for " << render_duration(*length.value) << ", until "
               << render_instant(wanted.span.end)
               << ". 'holdfast maintenance end' ends it sooner.\n";
  return kExitOk;
}

int run_maintenance_end(const OperatorCommand& action, const Environment& environment,
                        Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigError;
  const auto ended = end_maintenance(*target->file, std::chrono::system_clock::now());
  if (!ended) return refuse(terminal, ended.error().text);
  terminal.out << (*ended == 0 ? "No maintenance to end.\n" : "Maintenance ended.\n");
  return kExitOk;
}

int run_maintenance_list(const OperatorCommand& action, const Environment& environment,
                         Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigError;
  const WallTime now = std::chrono::system_clock::now();
  const auto known = read_maintenance(*target->file, {now - kMaintenanceShown, now + kMaxMaintenance});
  if (!known) return refuse(terminal, known.error().text);
  if (known->empty()) terminal.out << "No maintenance in the last 30 days.\n";
  for (const Maintenance& one : *known) terminal.out << line_of(one);
  return kExitOk;
}

int run_baseline_accept(const OperatorCommand& action, const Environment& environment,
                        Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigError;
  if (!choose_checks(target->config, {action.subject}, terminal)) return kExitConfigError;
  const auto given = request_action(
      *target->file, {0, std::chrono::system_clock::now(), "baseline accept", action.subject,
                      std::string(utf8_prefix(action.reason, kMaxReason)), operator_of(action)});
  if (!given) return refuse(terminal, given.error().text);
  terminal.out << "The daemon will drop the baseline of " << action.subject
               << " within seconds; the next run records a new one.\n";
  return kExitOk;
}

}  // namespace holdfast
