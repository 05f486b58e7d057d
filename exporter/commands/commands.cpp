// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/commands.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "exporter/commands/check_command.h"
#include "exporter/commands/config_command.h"
#include "exporter/commands/describe.h"
#include "exporter/commands/order_command.h"
#include "exporter/commands/report_command.h"
#include "exporter/commands/report_desk.h"
#include "exporter/commands/serve.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

constexpr const char* kAbout =
    "Holdfast watches a Node application under PM2 and the PostgreSQL it has been moved to, and\n"
    "says, with evidence, whether the move is holding.";

constexpr const char* kEpilogue =
    "Without --config.file, /etc/holdfast/holdfast.yaml is read if it is there. Without any file,\n"
    "the database is taken from DATABASE_URL, POSTGRES_* or PG* and PM2 from PM2_HOME or ~/.pm2.\n"
    "Exit codes of check, explain and report: 0 ok, 1 warning, 2 critical, 3 unknown, misuse or a "
    "fault "
    "of\n"
    "the configuration; of report --window 0 go, 1 in progress, 2 no-go, 3 inconclusive. The "
    "others: 0, or 2 for a fault of the configuration.\n"
    "\n"
    "Examples:\n"
    "  holdfast check                      look once at everything\n"
    "  holdfast explain timeweb            tell one look step by step\n"
    "  holdfast config example > my.yaml   a commented configuration to begin with\n"
    "  holdfast serve --config.file=my.yaml";

/// All that the command line can say.
struct Arguments {
  ServeOptions serve;
  CheckCommand check;
  OrderCommand order;
  ReportCommand report;
  bool day = false;  // Says what is told without it: only to be refused beside --window.
  std::string config_file;
  std::string describe_format = "text";
  std::string check_format = "text";
  std::string level = "info";
  std::string log_format = "logfmt";
};

bool wants_colours() {
  const char* refusal = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return ::isatty(STDOUT_FILENO) == 1 && (refusal == nullptr || *refusal == '\0');
}

void add_config_flag(CLI::App& command, Arguments& arguments) {
  command.add_option("--config.file", arguments.config_file, "The configuration to read")
      ->type_name("FILE");
}

CLI::App* add_serve(CLI::App& app, Arguments& arguments) {
  CLI::App* serve = app.add_subcommand("serve", "Watch for good, and tell Prometheus");
  add_config_flag(*serve, arguments);
  serve
      ->add_option("--web.listen-address", arguments.serve.web.listen_address,
                   "Where to listen, as host:port")
      ->type_name("ADDRESS")
      ->capture_default_str();
  serve
      ->add_option("--web.config.file", arguments.serve.web.web_config_file,
                   "TLS and passwords of the port, as the exporter-toolkit's web.yml")
      ->type_name("FILE");
  serve->add_flag("--web.enable-lifecycle", arguments.serve.web.enable_lifecycle,
                  "Allow POST /-/reload");
  serve
      ->add_option("--history.path", arguments.serve.history_path,
                   "Where the history is kept, instead of the configured place")
      ->type_name("FILE");
  serve->add_option("--log.level", arguments.level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}).description(""))
      ->type_name("LEVEL")
      ->capture_default_str();
  serve->add_option("--log.format", arguments.log_format, "logfmt or json")
      ->check(CLI::IsMember({"logfmt", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  return serve;
}

CLI::App* add_check(CLI::App& app, Arguments& arguments) {
  CLI::App* check = app.add_subcommand("check", "Look once, side by side, and print a table");
  add_config_flag(*check, arguments);
  check->add_option("NAME", arguments.check.names, "Only these checks")->type_name("");
  check->add_option("--format", arguments.check_format, "text, json, markdown or nagios")
      ->check(CLI::IsMember({"text", "json", "markdown", "nagios"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  return check;
}

CLI::App* add_explain(CLI::App& app, Arguments& arguments) {
  CLI::App* explain = app.add_subcommand("explain", "Look once at one check, and tell each step");
  add_config_flag(*explain, arguments);
  explain->add_option("NAME", arguments.check.names, "The check")
      ->expected(1)
      ->required()
      ->type_name("");
  return explain;
}

struct OrderCommands {
  CLI::App* start;
  CLI::App* end;
  CLI::App* list;
  CLI::App* accept;
};

CLI::App* add_order(CLI::App& group, const char* name, const char* about, Arguments& arguments) {
  CLI::App* command = group.add_subcommand(name, about);
  add_config_flag(*command, arguments);
  command
      ->add_option("--history.path", arguments.order.history_path,
                   "The daemon's history file, instead of the configured place")
      ->type_name("FILE");
  return command;
}

void add_why(CLI::App& command, Arguments& arguments) {
  command.add_option("--reason", arguments.order.reason, "Why; it stands in the report")
      ->type_name("TEXT")
      ->required();
  command.add_option("--who", arguments.order.who, "Who says so, if not the user who runs this")
      ->type_name("NAME");
}

OrderCommands add_orders(CLI::App& app, Arguments& arguments) {
  CLI::App* maintenance =
      app.add_subcommand("maintenance", "Tell the daemon that work is being done");
  maintenance->require_subcommand(1);
  CLI::App* baseline = app.add_subcommand("baseline", "Tell the daemon that a change was meant");
  baseline->require_subcommand(1);
  const OrderCommands out{
      add_order(*maintenance, "start", "Begin, for so long: 15m, 2h", arguments),
      add_order(*maintenance, "end", "End what is on", arguments),
      add_order(*maintenance, "list", "What was declared in the last 30 days", arguments),
      add_order(*baseline, "accept", "Make a new baseline at the next look", arguments)};
  out.start->add_option("LENGTH", arguments.order.subject, "How long")->required()->type_name("");
  out.accept->add_option("CHECK", arguments.order.subject, "The check")->required()->type_name("");
  add_why(*out.start, arguments);
  add_why(*out.accept, arguments);
  return out;
}

std::optional<int> run_orders(const OrderCommands& orders, const OrderCommand& order,
                              const Environment& environment, Terminal& terminal) {
  if (orders.start->parsed()) return run_maintenance_start(order, environment, terminal);
  if (orders.end->parsed()) return run_maintenance_end(order, environment, terminal);
  if (orders.list->parsed()) return run_maintenance_list(order, environment, terminal);
  if (orders.accept->parsed()) return run_baseline_accept(order, environment, terminal);
  return std::nullopt;
}

CLI::App* add_report(CLI::App& app, Arguments& arguments) {
  CLI::App* report =
      app.add_subcommand("report", "Tell how the last day or a window went, and why");
  add_config_flag(*report, arguments);
  CLI::Option* window =
      report->add_option("--window", arguments.report.window, "The report of this window")
          ->type_name("NAME");
  report
      ->add_flag("--day", arguments.day,
                 "The daily health check, which is what is told without a flag")
      ->excludes(window);
  report->add_option("--format", arguments.report.format, "text, markdown, html or json")
      ->check(CLI::IsMember({"text", "markdown", "html", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  report->add_option("--output", arguments.report.output, "Write it to this file")
      ->type_name("FILE");
  report
      ->add_option("--history.path", arguments.report.history_path,
                   "The daemon's history file, instead of the configured place")
      ->type_name("FILE");
  report->add_flag("!--no-look", arguments.report.looks,
                   "Do not look at the checks to tell what will happen next");
  report->add_flag("--brief", arguments.report.is_brief, "One line: the verdict and why");
  return report;
}

int run_describe(const std::string& format) {
  const auto kinds = all_kinds();
  std::cout << (format == "json"       ? describe_json(kinds)
                : format == "markdown" ? describe_markdown(kinds)
                                       : describe_text(kinds))
            << std::flush;
  return kExitOk;
}

int run_serve(Arguments& arguments, Terminal& terminal) {
  static const std::map<std::string, LogLevel> kLevels{{"debug", LogLevel::debug},
                                                       {"info", LogLevel::info},
                                                       {"warn", LogLevel::warn},
                                                       {"error", LogLevel::error}};
  arguments.serve.log.level = kLevels.at(arguments.level);
  arguments.serve.log.format = arguments.log_format == "json" ? LogFormat::json : LogFormat::logfmt;
  arguments.serve.config_file = config_file_to_use(arguments.config_file);
  // Before anything is started: a password nobody can read would only show as blind checks.
  const auto config = load_config(arguments.serve.config_file, process_environment(), terminal);
  if (!config) return kExitConfigFault;
  const std::vector<std::string> unreadable = unreadable_secrets(*config);
  for (const std::string& sentence : unreadable) terminal.err << sentence << "\n";
  if (!unreadable.empty()) return kExitConfigFault;
  return serve(arguments.serve);
}

LookFormat format_of(const std::string& name) {
  if (name == "json") return LookFormat::json;
  if (name == "markdown") return LookFormat::markdown;
  return name == "nagios" ? LookFormat::nagios : LookFormat::text;
}

int print_version() {
  std::cout << "holdfast " << HOLDFAST_VERSION << "\n";
  return kExitOk;
}

/// CLI11 says only that a subcommand is required.
bool tell_unknown_command(const CLI::App& app, const std::string& word, Terminal& terminal) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (word.starts_with('-') || std::ranges::find(known, word) != known.end()) return false;
  terminal.err << "holdfast: there is no command \"" << printable(word, 64) << "\""
               << suggest(word, known) << "\nholdfast --help tells what can be said.\n";
  return true;
}

/// Parses and runs; CLI11's own exceptions end here.
int dispatch(int argc, char** argv, Terminal& terminal) {
  Arguments arguments;
  CLI::App app{kAbout, "holdfast"};
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("holdfast ") + HOLDFAST_VERSION,
                       "Print the version and exit");
  app.set_help_flag("-h,--help", "Print this help and exit");
  const CLI::App* serve = add_serve(app, arguments);
  const CLI::App* check = add_check(app, arguments);
  const CLI::App* explain = add_explain(app, arguments);
  CLI::App* config = app.add_subcommand("config", "Validate a configuration, or print an example");
  config->require_subcommand(1);
  CLI::App* config_check = config->add_subcommand("check", "List all faults of a file at once");
  add_config_flag(*config_check, arguments);
  config_check->add_option("FILE", arguments.config_file, "The same as --config.file")
      ->type_name("");
  const CLI::App* example = config->add_subcommand("example", "Print a commented example");
  CLI::App* describe =
      app.add_subcommand("describe", "Tell all kinds, options, findings, reasons and metrics");
  describe->add_option("--format", arguments.describe_format, "text, markdown or json")
      ->check(CLI::IsMember({"text", "markdown", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  const OrderCommands orders = add_orders(app, arguments);
  const CLI::App* report = add_report(app, arguments);
  const CLI::App* version = app.add_subcommand("version", "Print the version");
  app.footer(kEpilogue);  // After the subcommands, which would inherit it.
  if (argc > 1 && tell_unknown_command(app, argv[1], terminal)) return kExitMisuse;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error, terminal.out, terminal.err);
    // CLI11 quotes only the command line, which is the caller's own; still it is made fit to
    // show.
    terminal.err << "holdfast: " << printable(error.what(), 500)
                 << "\nholdfast --help tells what can be said.\n";
    return serve->parsed() || config->parsed() ? kExitConfigFault : kExitMisuse;
  }
  const Environment environment = process_environment();
  arguments.check.format = format_of(arguments.check_format);
  arguments.check.config_file = config_file_to_use(arguments.config_file);
  arguments.order.config_file = arguments.check.config_file;
  if (const auto code = run_orders(orders, arguments.order, environment, terminal)) return *code;
  if (serve->parsed()) return run_serve(arguments, terminal);
  if (check->parsed()) return run_check(arguments.check, environment, look_for_real, terminal);
  arguments.report.config_file = arguments.check.config_file;
  if (report->parsed())
    return run_report(arguments.report, environment, open_window_source, look_for_real,
                      system_clock().now().wall, terminal);
  if (explain->parsed()) return run_explain(arguments.check, environment, look_for_real, terminal);
  if (config_check->parsed())
    return run_config_check(arguments.check.config_file, environment, terminal);
  if (example->parsed()) {
    terminal.out << example_config() << std::flush;
    return kExitOk;
  }
  if (describe->parsed()) return run_describe(arguments.describe_format);
  return version->parsed() ? print_version() : kExitMisuse;
}

}  // namespace

int run_command(int argc, char** argv) {
  // A reader that goes away ("holdfast check | head") must not kill a run in the middle.
  std::signal(SIGPIPE, SIG_IGN);
  Terminal terminal{std::cout, std::cerr, wants_colours()};
  try {
    return dispatch(argc, argv, terminal);
  } catch (const std::exception&) {
    // What a library says may quote what it was reading (law 4).
    terminal.err << "holdfast: a fault in Holdfast itself; please report it\n";
    return kExitMisuse;
  }
}

}  // namespace holdfast
