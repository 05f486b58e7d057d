// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "checks/support/text/columns.h"
#include "exporter/commands/commands.h"
#include "exporter/config/words.h"
#include "exporter/system/version.h"

namespace holdfast {
namespace {

constexpr const char* kAbout =
    "Holdfast monitors a Node application under PM2 and the PostgreSQL database it was moved to,\n"
    "and reports, with evidence, whether the migration is stable.";

constexpr const char* kEpilogue =
    "Without --config.file, /etc/holdfast/holdfast.yaml is read if it exists. Without any file,\n"
    "the database is read from DATABASE_URL, POSTGRES_* or PG*, and PM2's home from PM2_HOME or\n"
    "PM2's default.\n"
    "\n"
    "Exit codes of check, explain and report: 0 ok, 1 warning, 2 critical, 3 unknown, misuse\n"
    "or invalid configuration; of report --window: 0 go, 1 in progress, 2 no-go,\n"
    "3 inconclusive. The others: 0, or 2 for an invalid configuration.\n"
    "\n"
    "Examples:\n"
    "  holdfast check                      run all checks once\n"
    "  holdfast explain timeweb            run one check and print each step\n"
    "  holdfast config example > my.yaml   write a commented example configuration\n"
    "  holdfast serve --config.file=my.yaml";

/// Options as given, before they are converted.
struct RawOptions {
  std::string check_format = "text";
  std::string level = "info";
  std::string log_format = "logfmt";
  bool day = false;  // The default; only refused together with --window.
};

CLI::App* add_command(CLI::App& group, const char* name, const char* about, Command command,
                      Arguments& out) {
  CLI::App* added = group.add_subcommand(name, about);
  added->callback([&out, command] { out.command = command; });
  return added;
}

/// A group of subcommands.
CLI::App* add_group(CLI::App& app, const char* name, const char* about) {
  CLI::App* added = app.add_subcommand(name, about);
  added->require_subcommand(1);
  return added;
}

void add_config_flag(CLI::App& command, Arguments& out) {
  command.add_option("--config.file", out.config_file, "Configuration file")->type_name("FILE");
}

void add_history_flag(CLI::App& command, std::string& path, const char* about) {
  command.add_option("--history.path", path, about)->type_name("FILE");
}

/// An option with a fixed set of values; `value` holds the default.
void add_choice(CLI::App& command, const char* flag, std::string& value, const char* about,
                const char* type, const std::vector<std::string>& words) {
  command.add_option(flag, value, about)
      ->check(CLI::IsMember(words).description(""))
      ->type_name(type)
      ->capture_default_str();
}

void add_serve(CLI::App& app, Arguments& out, RawOptions& raw) {
  CLI::App* serve = add_command(app, "serve", "Run the monitoring daemon and serve /metrics",
                                Command::serve, out);
  add_config_flag(*serve, out);
  serve
      ->add_option("--web.listen-address", out.serve.web.listen_address,
                   "Listen address, as host:port")
      ->type_name("ADDRESS")
      ->capture_default_str();
  serve
      ->add_option("--web.config.file", out.serve.web.web_config_file,
                   "TLS and authentication, in the exporter-toolkit's web.yml format")
      ->type_name("FILE");
  serve->add_flag("--web.enable-lifecycle", out.serve.web.enable_lifecycle, "Allow POST /-/reload");
  add_history_flag(*serve, out.serve.history_path, "History file, instead of the configured one");
  add_choice(*serve, "--log.level", raw.level, "info, warn or error", "LEVEL",
             {"info", "warn", "error"});
  add_choice(*serve, "--log.format", raw.log_format, "logfmt or json", "FORMAT",
             {"logfmt", "json"});
}

void add_checks(CLI::App& app, Arguments& out, RawOptions& raw) {
  CLI::App* check = add_command(app, "check", "Run all or some checks once and print a table",
                                Command::check, out);
  add_config_flag(*check, out);
  check->add_option("NAME", out.check.names, "Run only these checks")->type_name("");
  add_choice(*check, "--format", raw.check_format, "text, json, markdown or nagios", "FORMAT",
             {"text", "json", "markdown", "nagios"});
  CLI::App* explain =
      add_command(app, "explain", "Run one check and print each step", Command::explain, out);
  add_config_flag(*explain, out);
  explain->add_option("NAME", out.check.names, "The check")->expected(1)->required()->type_name("");
}

void add_configs(CLI::App& app, Arguments& out) {
  CLI::App* config = add_group(app, "config", "Validate a configuration or print an example");
  CLI::App* check = add_command(*config, "check", "Validate a configuration and print all errors",
                                Command::config_check, out);
  add_config_flag(*check, out);
  check->add_option("FILE", out.config_file, "The same as --config.file")->type_name("");
  add_command(*config, "example", "Print a commented example configuration",
              Command::config_example, out);
}

void add_describe(CLI::App& app, Arguments& out) {
  CLI::App* describe =
      add_command(app, "describe", "Print the reference: check kinds, options, findings, metrics",
                  Command::describe, out);
  add_choice(*describe, "--format", out.describe_format, "text, markdown or json", "FORMAT",
             {"text", "markdown", "json"});
}

CLI::App* add_action(CLI::App& group, const char* name, const char* about, Command command,
                     Arguments& out) {
  CLI::App* action = add_command(group, name, about, command, out);
  add_config_flag(*action, out);
  add_history_flag(*action, out.action.history_path,
                   "The daemon's history file, instead of the configured one");
  return action;
}

void add_reason(CLI::App& command, Arguments& out) {
  command.add_option("--reason", out.action.reason, "Reason, shown in reports")
      ->type_name("TEXT")
      ->required();
  command.add_option("--who", out.action.who, "Who decided, instead of the current user")
      ->type_name("NAME");
}

void add_actions(CLI::App& app, Arguments& out) {
  CLI::App* maintenance = add_group(app, "maintenance", "Declare planned maintenance");
  CLI::App* start =
      add_action(*maintenance, "start", "Start maintenance for a duration, such as 15m or 2h",
                 Command::maintenance_start, out);
  start->add_option("LENGTH", out.action.subject, "Duration")->required()->type_name("");
  add_reason(*start, out);
  add_action(*maintenance, "end", "End the current maintenance", Command::maintenance_end, out);
  add_action(*maintenance, "list", "List maintenance of the last 30 days",
             Command::maintenance_list, out);
  CLI::App* baseline = add_group(app, "baseline", "Accept the current state as the new baseline");
  CLI::App* accept =
      add_action(*baseline, "accept", "Replace the baseline of a check at its next run",
                 Command::baseline_accept, out);
  accept->add_option("CHECK", out.action.subject, "The check")->required()->type_name("");
  add_reason(*accept, out);
}

void add_report(CLI::App& app, Arguments& out, RawOptions& raw) {
  CLI::App* report =
      add_command(app, "report", "Print the daily health check or the report of a window",
                  Command::report, out);
  add_config_flag(*report, out);
  CLI::Option* window =
      report->add_option("--window", out.report.window, "Report on this window")->type_name("NAME");
  report->add_flag("--day", raw.day, "Print the daily health check (the default)")
      ->excludes(window);
  add_choice(*report, "--format", out.report.format, "text, markdown, html or json", "FORMAT",
             {"text", "markdown", "html", "json"});
  report->add_option("--output", out.report.output, "Write the report to this file")
      ->type_name("FILE");
  add_history_flag(*report, out.report.history_path,
                   "The daemon's history file, instead of the configured one");
  report->add_flag_callback(
      "--skip-checks", [&out] { out.report.run_checks = false; },
      "Do not run the checks; upcoming events are then unknown");
  report->add_flag("--brief", out.report.is_brief, "Print one line: the verdict and its reason");
}

OutputFormat output_format_of(const std::string& name) {
  if (name == "json") return OutputFormat::json;
  if (name == "markdown") return OutputFormat::markdown;
  return name == "nagios" ? OutputFormat::nagios : OutputFormat::text;
}

LogLevel log_level_of(const std::string& name) {
  if (name == "warn") return LogLevel::warn;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

/// Names the unknown command and the nearest known one; CLI11 says only that one is required.
bool render_unknown_command(const CLI::App& app, const std::string& word, Terminal& terminal) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (word.starts_with('-') || std::ranges::find(known, word) != known.end()) return false;
  terminal.err << "holdfast: unknown command \"" << printable(word, 64) << "\""
               << suggest(word, known) << "\nRun 'holdfast --help' for usage.\n";
  return true;
}

}  // namespace

std::variant<Arguments, int> parse_command_line(int argc, char** argv, Terminal& terminal) {
  Arguments out;
  RawOptions raw;
  CLI::App app{kAbout, "holdfast"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "holdfast " + std::string(version()),
                       "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  add_serve(app, out, raw);
  add_checks(app, out, raw);
  add_configs(app, out);
  add_describe(app, out);
  add_actions(app, out);
  add_report(app, out, raw);
  add_command(app, "version", "Print the version", Command::version, out);
  app.footer(kEpilogue);  // After the subcommands, which would inherit it.
  if (argc > 1 && render_unknown_command(app, argv[1], terminal)) return kExitMisuse;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, terminal.out, terminal.err);
    // CLI11 quotes the command line, which may hold control characters.
    terminal.err << "holdfast: " << printable(error.what(), 500)
                 << "\nRun 'holdfast --help' for usage.\n";
    const bool exits_2 = app.got_subcommand("serve") || app.got_subcommand("config");
    return exits_2 ? kExitConfigError : kExitMisuse;
  }
  out.check.format = output_format_of(raw.check_format);
  out.serve.log.level = log_level_of(raw.level);
  out.serve.log.format = raw.log_format == "json" ? LogFormat::json : LogFormat::logfmt;
  return out;
}

}  // namespace holdfast
