// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/operator_command.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "exporter/commands/commands.h"
#include "exporter/config/values.h"
#include "exporter/config/words.h"
#include "exporter/history/evidence_reader.h"
#include "exporter/history/operator_actions.h"
#include "exporter/text.h"
#include "exporter/web/status_json.h"

namespace holdfast {
namespace {

// Longer than this is no maintenance but a service that is not run.
constexpr Duration kLongest = std::chrono::hours(24 * 7);
// Of what was declared, a month is shown.
constexpr auto kShown = std::chrono::hours(24 * 30);
constexpr std::size_t kMaxReason = 500;

/// The configuration and the daemon's file; nothing, and a sentence, when there is no such file.
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
    terminal.err << "holdfast: there is no history file to write to: configure history.path, or "
                    "name it with --history.path\n";
    return std::nullopt;
  }
  auto file = open_for_actions(path);
  if (!file) {
    terminal.err << "holdfast: " << file.error().text << "\n";
    return std::nullopt;
  }
  return Target{*std::move(config), std::move(file).value()};
}

std::string who_asks(const OperatorCommand& action) {
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
  return kExitConfigFault;
}

std::string line_of(const Maintenance& one) {
  return render_instant(one.span.begin) + "  " + pad_right(render_duration(one.span.length()), 12) +
         printable(one.who, 32) + ": " + printable(one.reason) + "\n";
}

}  // namespace

int run_maintenance_start(const OperatorCommand& action, const Environment& environment,
                          Terminal& terminal) {
  const auto length = parse_duration(action.subject);
  if (!length.value || *length.value <= Duration{} || *length.value > kLongest)
    return refuse(terminal, "how long? \"" + printable(action.subject, 32) +
                                "\" is no duration up to 7d, such as 15m or 2h");
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigFault;
  const WallTime now = std::chrono::system_clock::now();
  const Maintenance wanted{
      0,
      {now, now + std::chrono::duration_cast<WallTime::duration>(*length.value)},
      now,
      action.reason.substr(0, kMaxReason),
      who_asks(action)};
  const auto declared = declare_maintenance(*target->file, wanted);
  if (!declared) return refuse(terminal, declared.error().text);
  terminal.out << "Maintenance is on for " << render_duration(*length.value) << ", until "
               << render_instant(wanted.span.end)
               << ". It counts from now on; `holdfast maintenance end` ends it sooner.\n";
  return kExitOk;
}

int run_maintenance_end(const OperatorCommand& action, const Environment& environment,
                        Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigFault;
  const auto ended = end_maintenance(*target->file, std::chrono::system_clock::now());
  if (!ended) return refuse(terminal, ended.error().text);
  terminal.out << (*ended == 0 ? "No maintenance was on.\n" : "Maintenance has ended.\n");
  return kExitOk;
}

int run_maintenance_list(const OperatorCommand& action, const Environment& environment,
                         Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigFault;
  const WallTime now = std::chrono::system_clock::now();
  const auto known = read_maintenance(*target->file, {now - kShown, now + kLongest});
  if (!known) return refuse(terminal, known.error().text);
  if (known->empty()) terminal.out << "No maintenance was declared in the last 30 days.\n";
  for (const Maintenance& one : *known) terminal.out << line_of(one);
  return kExitOk;
}

int run_baseline_accept(const OperatorCommand& action, const Environment& environment,
                        Terminal& terminal) {
  const auto target = open_target(action, environment, terminal);
  if (!target) return kExitConfigFault;
  if (!choose_checks(target->config, {action.subject}, terminal)) return kExitConfigFault;
  const auto given = request_action(
      *target->file, {0, std::chrono::system_clock::now(), "baseline accept", action.subject,
                      action.reason.substr(0, kMaxReason), who_asks(action)});
  if (!given) return refuse(terminal, given.error().text);
  terminal.out << "The daemon forgets the baseline of " << action.subject
               << " within seconds, and its next look makes a new one.\n";
  return kExitOk;
}

}  // namespace holdfast
