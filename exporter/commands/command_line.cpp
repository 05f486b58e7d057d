// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "exporter/commands/commands.h"
#include "exporter/config/words.h"
#include "exporter/text.h"
#include "exporter/version.h"

namespace holdfast {
namespace {

constexpr const char* kAbout =
    "Holdfast watches a Node application under PM2 and the PostgreSQL it has been moved to, and\n"
    "says, with evidence, whether the move is holding.";

constexpr const char* kEpilogue =
    "Without --config.file, /etc/holdfast/holdfast.yaml is read if it is there. Without any file,\n"
    "the database is taken from DATABASE_URL, POSTGRES_* or PG* and PM2 from PM2_HOME or ~/.pm2.\n"
    "\n"
    "Exit codes of check, explain and report: 0 ok, 1 warning, 2 critical, 3 unknown, misuse or a\n"
    "fault of the configuration; of report --window: 0 go, 1 in progress, 2 no-go,\n"
    "3 inconclusive. The others: 0, or 2 for a fault of the configuration.\n"
    "\n"
    "Examples:\n"
    "  holdfast check                      look once at everything\n"
    "  holdfast explain timeweb            tell one look step by step\n"
    "  holdfast config example > my.yaml   a commented configuration to begin with\n"
    "  holdfast serve --config.file=my.yaml";

/// Words on their way to what they mean.
struct Words {
  std::string check_format = "text";
  std::string level = "info";
  std::string log_format = "logfmt";
  bool day = false;  // Says what is told without it: only to be refused beside --window.
};

CLI::App* add_command(CLI::App& group, const char* name, const char* about, Command command,
                      Arguments& said) {
  CLI::App* added = group.add_subcommand(name, about);
  added->callback([&said, command] { said.command = command; });
  return added;
}

/// A group of commands does nothing by itself.
CLI::App* add_group(CLI::App& app, const char* name, const char* about) {
  CLI::App* added = app.add_subcommand(name, about);
  added->require_subcommand(1);
  return added;
}

void add_config_flag(CLI::App& command, Arguments& said) {
  command.add_option("--config.file", said.config_file, "The configuration to read")
      ->type_name("FILE");
}

void add_history_flag(CLI::App& command, std::string& path, const char* about) {
  command.add_option("--history.path", path, about)->type_name("FILE");
}

/// An option that takes one of a few words, of which `value` holds the one that stands.
void add_choice(CLI::App& command, const char* flag, std::string& value, const char* about,
                const char* type, const std::vector<std::string>& words) {
  command.add_option(flag, value, about)
      ->check(CLI::IsMember(words).description(""))
      ->type_name(type)
      ->capture_default_str();
}

void add_serve(CLI::App& app, Arguments& said, Words& words) {
  CLI::App* serve =
      add_command(app, "serve", "Watch for good, and tell Prometheus", Command::serve, said);
  add_config_flag(*serve, said);
  serve
      ->add_option("--web.listen-address", said.serve.web.listen_address,
                   "Where to listen, as host:port")
      ->type_name("ADDRESS")
      ->capture_default_str();
  serve
      ->add_option("--web.config.file", said.serve.web.web_config_file,
                   "TLS and passwords of the port, as the exporter-toolkit's web.yml")
      ->type_name("FILE");
  serve->add_flag("--web.enable-lifecycle", said.serve.web.enable_lifecycle,
                  "Allow POST /-/reload");
  add_history_flag(*serve, said.serve.history_path,
                   "Where the history is kept, instead of the configured place");
  add_choice(*serve, "--log.level", words.level, "debug, info, warn or error", "LEVEL",
             {"debug", "info", "warn", "error"});
  add_choice(*serve, "--log.format", words.log_format, "logfmt or json", "FORMAT",
             {"logfmt", "json"});
}

void add_looks(CLI::App& app, Arguments& said, Words& words) {
  CLI::App* check =
      add_command(app, "check", "Look once, side by side, and print a table", Command::check, said);
  add_config_flag(*check, said);
  check->add_option("NAME", said.check.names, "Only these checks")->type_name("");
  add_choice(*check, "--format", words.check_format, "text, json, markdown or nagios", "FORMAT",
             {"text", "json", "markdown", "nagios"});
  CLI::App* explain = add_command(app, "explain", "Look once at one check, and tell each step",
                                  Command::explain, said);
  add_config_flag(*explain, said);
  explain->add_option("NAME", said.check.names, "The check")
      ->expected(1)
      ->required()
      ->type_name("");
}

void add_configs(CLI::App& app, Arguments& said) {
  CLI::App* config = add_group(app, "config", "Validate a configuration, or print an example");
  CLI::App* check = add_command(*config, "check", "List all faults of a file at once",
                                Command::config_check, said);
  add_config_flag(*check, said);
  check->add_option("FILE", said.config_file, "The same as --config.file")->type_name("");
  add_command(*config, "example", "Print a commented example", Command::config_example, said);
}

void add_describe(CLI::App& app, Arguments& said) {
  CLI::App* describe =
      add_command(app, "describe", "Tell all kinds, options, findings, reasons and metrics",
                  Command::describe, said);
  add_choice(*describe, "--format", said.describe_format, "text, markdown or json", "FORMAT",
             {"text", "markdown", "json"});
}

CLI::App* add_order(CLI::App& group, const char* name, const char* about, Command command,
                    Arguments& said) {
  CLI::App* action = add_command(group, name, about, command, said);
  add_config_flag(*action, said);
  add_history_flag(*action, said.action.history_path,
                   "The daemon's history file, instead of the configured place");
  return action;
}

void add_why(CLI::App& command, Arguments& said) {
  command.add_option("--reason", said.action.reason, "Why; it stands in the report")
      ->type_name("TEXT")
      ->required();
  command.add_option("--who", said.action.who, "Who says so, if not the user who runs this")
      ->type_name("NAME");
}

void add_orders(CLI::App& app, Arguments& said) {
  CLI::App* maintenance = add_group(app, "maintenance", "Tell the daemon that work is being done");
  CLI::App* start = add_order(*maintenance, "start", "Begin, for so long: 15m, 2h",
                              Command::maintenance_start, said);
  start->add_option("LENGTH", said.action.subject, "How long")->required()->type_name("");
  add_why(*start, said);
  add_order(*maintenance, "end", "End what is on", Command::maintenance_end, said);
  add_order(*maintenance, "list", "What was declared in the last 30 days",
            Command::maintenance_list, said);
  CLI::App* baseline = add_group(app, "baseline", "Tell the daemon that a change was meant");
  CLI::App* accept = add_order(*baseline, "accept", "Make a new baseline at the next look",
                               Command::baseline_accept, said);
  accept->add_option("CHECK", said.action.subject, "The check")->required()->type_name("");
  add_why(*accept, said);
}

void add_report(CLI::App& app, Arguments& said, Words& words) {
  CLI::App* report = add_command(app, "report", "Tell how the last day or a window went, and why",
                                 Command::report, said);
  add_config_flag(*report, said);
  CLI::Option* window =
      report->add_option("--window", said.report.window, "The report of this window")
          ->type_name("NAME");
  report
      ->add_flag("--day", words.day, "The daily health check, which is what is told without a flag")
      ->excludes(window);
  add_choice(*report, "--format", said.report.format, "text, markdown, html or json", "FORMAT",
             {"text", "markdown", "html", "json"});
  report->add_option("--output", said.report.output, "Write it to this file")->type_name("FILE");
  add_history_flag(*report, said.report.history_path,
                   "The daemon's history file, instead of the configured place");
  report->add_flag("!--no-look", said.report.runs,
                   "Do not look at the checks to tell what will happen next");
  report->add_flag("--brief", said.report.is_brief, "One line: the verdict and why");
}

OutputFormat look_format_of(const std::string& name) {
  if (name == "json") return OutputFormat::json;
  if (name == "markdown") return OutputFormat::markdown;
  return name == "nagios" ? OutputFormat::nagios : OutputFormat::text;
}

LogLevel log_level_of(const std::string& name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warn") return LogLevel::warn;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

/// CLI11 says only that a subcommand is required.
bool render_unknown_command(const CLI::App& app, const std::string& word, Terminal& terminal) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (word.starts_with('-') || std::ranges::find(known, word) != known.end()) return false;
  terminal.err << "holdfast: there is no command \"" << printable(word, 64) << "\""
               << suggest(word, known) << "\nholdfast --help tells what can be said.\n";
  return true;
}

}  // namespace

std::variant<Arguments, int> parse_command_line(int argc, char** argv, Terminal& terminal) {
  Arguments said;
  Words words;
  CLI::App app{kAbout, "holdfast"};
  app.require_subcommand(1);
  app.set_version_flag("--version", "holdfast " + std::string(version()),
                       "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  add_serve(app, said, words);
  add_looks(app, said, words);
  add_configs(app, said);
  add_describe(app, said);
  add_orders(app, said);
  add_report(app, said, words);
  add_command(app, "version", "Print the version", Command::version, said);
  app.footer(kEpilogue);  // After the subcommands, which would inherit it.
  if (argc > 1 && render_unknown_command(app, argv[1], terminal)) return kExitMisuse;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, terminal.out, terminal.err);
    // CLI11 quotes only the command line, which is the caller's own; still it is made fit to
    // show.
    terminal.err << "holdfast: " << printable(error.what(), 500)
                 << "\nholdfast --help tells what can be said.\n";
    const bool is_of_daemon = app.got_subcommand("serve") || app.got_subcommand("config");
    return is_of_daemon ? kExitConfigFault : kExitMisuse;
  }
  said.check.format = look_format_of(words.check_format);
  said.serve.log.level = log_level_of(words.level);
  said.serve.log.format = words.log_format == "json" ? LogFormat::json : LogFormat::logfmt;
  return said;
}

}  // namespace holdfast
