// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/report_command.h"

#include <algorithm>
#include <fstream>

#include "checks/support/text/columns.h"
#include "exporter/commands/commands.h"
#include "exporter/config/words.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

bool is_known(const Config& config, const std::string& window, Terminal& terminal) {
  if (window.empty()) return true;
  std::vector<std::string> known;
  for (const WindowConfig& each : config.windows) known.push_back(each.name);
  if (std::ranges::find(known, window) != known.end()) return true;
  terminal.err << "holdfast: unknown window \"" << printable(window, 64) << "\""
               << suggest(window, known) << "\n";
  return false;
}

bool write_out(const ReportCommand& command, const std::string& text, Terminal& terminal) {
  if (command.output.empty()) {
    terminal.out << text << std::flush;
    return true;
  }
  std::ofstream file(command.output, std::ios::binary | std::ios::trunc);
  file << text << std::flush;
  if (file.good()) return true;
  terminal.err << "holdfast: cannot write " << printable(command.output) << "\n";
  return false;
}

std::string render(const ReportCommand& command, const Report& report, bool colours) {
  if (command.is_brief) {
    std::string history;
    for (const Finding& finding : report.history_findings) history += " " + shown(finding.text);
    return report.title + ": " + render_word(report.verdict) + ". " + report.why +
           (report.replayed_until ? " " + render_replayed(*report.replayed_until, report.zone)
                                  : "") +
           history + "\n";
  }
  if (command.format == "text") return render_report_text(report, colours);
  return render_report(report, command.format);
}

}  // namespace

int run_report(const ReportCommand& command, const Environment& environment,
               const OpenHistory& open_history, const RunChecks& run_checks, WallTime now,
               Terminal& terminal) {
  auto config = load_config(command.config_file, environment, terminal);
  if (!config || !is_known(*config, command.window, terminal)) return kExitMisuse;
  if (!command.history_path.empty()) config->history_path = command.history_path;
  if (config->history_path.empty()) {
    terminal.err << "holdfast: no history file: set history.path or --history.path\n";
    return kExitMisuse;
  }
  const WindowSource history = open_history(config->history_path);
  auto source = gather_report(history, *config, command.window, now);
  if (!source) {
    const Error& error = source.error();
    terminal.err << "holdfast: "
                 << (error.text.empty() ? "the history " + std::string(sentence_of(error.reason))
                                        : error.text)
                 << "\n";
    return kExitMisuse;
  }
  if (command.run_checks)
    for (const CheckRun& run : run_checks(config->checks, config->history_path, false))
      source->now_checks.push_back({run.config.name, find_kind(run.config.kind),
                                    run.outcome.reading.findings, run.outcome.reading.samples});
  const auto report = command.window.empty() ? make_day_report(*source)
                                             : make_window_report(*source, command.window);
  if (!report) return kExitUnknown;
  const bool colours = terminal.colours && command.output.empty();
  if (!write_out(command, render(command, *report, colours), terminal)) return kExitMisuse;
  return report->exit_code;
}

}  // namespace holdfast
