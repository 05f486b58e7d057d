// SPDX-License-Identifier: Apache-2.0
// The command line; the only user of CLI11.
#include "exporter/commands/commands.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>

#include "checks/support/text/columns.h"
#include "exporter/commands/config_command.h"
#include "exporter/commands/describe.h"
#include "exporter/commands/operator_command.h"
#include "exporter/commands/overview_cache.h"
#include "exporter/commands/report_command.h"
#include "exporter/commands/serve.h"
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
    "Exit codes of check, explain and report: 0 ok, 1 warning, 2 critical, 3 unknown, wrong usage\n"
    "or invalid configuration; of report --window: 0 go, 1 in progress, 2 no-go,\n"
    "3 inconclusive. The others: 0, 2 for an invalid configuration, 3 for wrong usage.\n"
    "\n"
    "Examples:\n"
    "  holdfast check                      run all checks once\n"
    "  holdfast explain timeweb            run one check and print each step\n"
    "  holdfast config example > my.yaml   write a commented example configuration\n"
    "  holdfast serve --config.file=my.yaml";
constexpr const char* kHint = "\nRun 'holdfast --help' for usage.\n";

LogLevel log_level_of(const std::string& name) {
  if (name == "warn") return LogLevel::warn;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

/// Reports a first word that is no command with the nearest one; CLI11 only says that one is
/// required.
bool report_unknown(const std::string& word, const CLI::App& app, Terminal& terminal) {
  std::vector<std::string> known;
  for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  if (word.starts_with('-') || is_known(word, known)) return false;
  terminal.err << "holdfast: unknown command \"" << printable(word, 64) << "\""
               << suggest(word, known) << kHint;
  return true;
}

CLI::Option* add_flag(CLI::App& command, const char* flag, std::string& value, const char* about,
                      const char* type) {
  return command.add_option(flag, value, about)->type_name(type);
}

/// An option with a fixed set of values; `value` holds the default.
void add_choice(CLI::App& command, const char* flag, std::string& value, const char* about,
                const char* type, const std::vector<std::string>& words) {
  add_flag(command, flag, value, about, type)
      ->check(CLI::IsMember(words).description(""))
      ->capture_default_str();
}

/// A group of subcommands.
CLI::App& add_group(CLI::App& app, const char* name, const char* about) {
  CLI::App* added = app.add_subcommand(name, about);
  added->require_subcommand(1);
  return *added;
}

/// The commands with their options, and the one that was chosen.
class CommandLine {
 public:
  CommandLine(const Environment& environment, Terminal& terminal)
      : environment_(environment), terminal_(terminal) {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "holdfast " + std::string(version()),
                          "Print the version and exit");
    app_.set_help_flag("-h,--help", "Print this help and exit");
    add_serve();
    add_checks();
    add_configs();
    add_describe();
    add_actions();
    add_report();
    add(app_, "version", "Print the version",
        [this] { return print("holdfast " + std::string(version()) + "\n"); });
    app_.footer(kEpilogue);  // After the subcommands, which would inherit it.
  }

  int run(int argc, char** argv) {
    if (argc > 1 && report_unknown(argv[1], app_, terminal_)) return kExitMisuse;
    try {
      app_.parse(argc, argv);
      if (is_day_ && !report_.window.empty()) throw CLI::ExcludesError("--day", "--window");
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) return app_.exit(error, terminal_.out, terminal_.err);
      // CLI11 quotes the command line, which may hold control characters.
      terminal_.err << "holdfast: " << printable(error.what(), 500) << kHint;
      const bool exits_2 = app_.got_subcommand("serve") || app_.got_subcommand("config");
      return exits_2 ? kExitConfigError : kExitMisuse;
    }
    config_file_ = config_file_to_use(config_file_);
    serve_.config_file = check_.config_file = config_file_;
    report_.config_file = action_.config_file = config_file_;
    return chosen_();
  }

 private:
  CLI::App& add(CLI::App& group, const char* name, const char* about, std::function<int()> run) {
    CLI::App* added = group.add_subcommand(name, about);
    added->callback([this, run = std::move(run)] { chosen_ = run; });
    return *added;
  }

  /// A command that reads the configuration.
  CLI::App& add_configured(CLI::App& group, const char* name, const char* about,
                           std::function<int()> run) {
    CLI::App& added = add(group, name, about, std::move(run));
    add_flag(added, "--config.file", config_file_, "Configuration file", "FILE");
    return added;
  }

  int print(const std::string& text) {
    terminal_.out << text << std::flush;
    return kExitOk;
  }

  void add_serve() {
    CLI::App& serve =
        add_configured(app_, "serve", "Run the monitoring daemon and serve /metrics", [this] {
          serve_.log.level = log_level_of(level_);
          serve_.log.format = log_format_ == "json" ? LogFormat::json : LogFormat::logfmt;
          return holdfast::serve(serve_, environment_, terminal_);
        });
    add_flag(serve, "--web.listen-address", serve_.web.listen_address,
             "Listen address, as host:port", "ADDRESS")
        ->capture_default_str();
    add_flag(serve, "--web.config.file", serve_.web.web_config_file,
             "TLS and authentication, in the exporter-toolkit's web.yml format", "FILE");
    serve.add_flag("--web.enable-lifecycle", serve_.web.enable_lifecycle, "Allow POST /-/reload");
    add_flag(serve, "--history.path", serve_.history_path,
             "History file, instead of the configured one", "FILE");
    add_choice(serve, "--log.level", level_, "info, warn or error", "LEVEL",
               {"info", "warn", "error"});
    add_choice(serve, "--log.format", log_format_, "logfmt or json", "FORMAT", {"logfmt", "json"});
  }

  void add_checks() {
    CLI::App& check = add_configured(
        app_, "check", "Run all or some checks once and print a table",
        [this] { return run_check(check_, environment_, run_real_checks, terminal_); });
    check.add_option("NAME", check_.names, "Run only these checks")->type_name("");
    add_choice(check, "--format", check_.format, "text, json, markdown or nagios", "FORMAT",
               {"text", "json", "markdown", "nagios"});
    CLI::App& explain =
        add_configured(app_, "explain", "Run one check and print each step", [this] {
          check_.format = kExplanation;
          return run_check(check_, environment_, run_real_checks, terminal_);
        });
    explain.add_option("NAME", check_.names, "Name of the check")
        ->expected(1)
        ->required()
        ->type_name("");
  }

  void add_configs() {
    CLI::App& config = add_group(app_, "config", "Validate a configuration or print an example");
    CLI::App& check =
        add_configured(config, "check", "Validate a configuration and print all errors",
                       [this] { return run_config_check(config_file_, environment_, terminal_); });
    check.add_option("FILE", config_file_, "The same as --config.file")->type_name("");
    add(config, "example", "Print a commented example configuration",
        [this] { return print(example_config()); });
  }

  void add_describe() {
    CLI::App& describe =
        add(app_, "describe", "Print the reference: check kinds, options, findings, metrics",
            [this] { return run_describe(kinds_, describe_format_, terminal_); });
    describe.add_option("KIND", kinds_, "Print only these kinds")->type_name("");
    add_choice(describe, "--format", describe_format_, "text, markdown or json", "FORMAT",
               {"text", "markdown", "json"});
  }

  CLI::App& add_action(CLI::App& group, const char* name, const char* about,
                       OperatorCommand::Action action) {
    CLI::App& added = add_configured(group, name, about, [this, action] {
      action_.action = action;
      return run_operator_command(action_, environment_, terminal_);
    });
    add_flag(added, "--history.path", action_.history_path,
             "The daemon's history file, instead of the configured one", "FILE");
    return added;
  }

  /// What an action is about, its reason and who decided it.
  void add_decision(CLI::App& command, const char* subject, const char* about) {
    command.add_option(subject, action_.subject, about)->required()->type_name("");
    add_flag(command, "--reason", action_.reason, "Reason, shown in reports", "TEXT")->required();
    add_flag(command, "--who", action_.who, "Who decided, instead of the current user", "NAME");
  }

  void add_actions() {
    using enum OperatorCommand::Action;
    CLI::App& maintenance = add_group(app_, "maintenance", "Declare planned maintenance");
    add_decision(add_action(maintenance, "start", "Start maintenance", start_maintenance), "LENGTH",
                 "How long, such as 15m or 2h; at most 7d");
    add_action(maintenance, "end", "End the current maintenance", end_maintenance);
    add_action(maintenance, "list", "List the maintenance of the last 30 days", list_maintenance);
    CLI::App& baseline =
        add_group(app_, "baseline", "Accept the current state as the new baseline");
    add_decision(add_action(baseline, "accept", "Replace the baseline of a check at its next run",
                            accept_baseline),
                 "CHECK", "Name of the check");
  }

  void add_report() {
    CLI::App& report = add_configured(
        app_, "report", "Print the daily health check or the report of a window", [this] {
          return run_report(
              report_, environment_,
              [](const std::string& path) { return window_source(read_history(path)); },
              run_real_checks, system_clock().now().wall, terminal_);
        });
    add_flag(report, "--window", report_.window, "Report on this window", "NAME");
    report.add_flag("--day", is_day_, "Print the daily health check (the default)");
    add_choice(report, "--format", report_.format, "text, markdown, html or json", "FORMAT",
               {"text", "markdown", "html", "json"});
    add_flag(report, "--output", report_.output, "Write the report to this file", "FILE");
    add_flag(report, "--history.path", report_.history_path,
             "The daemon's history file, instead of the configured one", "FILE");
    report.add_flag_callback(
        "--skip-checks", [this] { report_.run_checks = false; },
        "Do not run the checks; upcoming events are then unknown");
    report.add_flag("--brief", report_.is_brief, "Print one line: the verdict and its reason");
  }

  const Environment& environment_;
  Terminal& terminal_;
  CLI::App app_{kAbout, "holdfast"};
  std::function<int()> chosen_;
  std::string config_file_;
  ServeOptions serve_;
  std::string level_ = "info";
  std::string log_format_ = "logfmt";
  CheckCommand check_;  // Of `explain` too.
  ReportCommand report_;
  bool is_day_ = false;  // The default; only refused together with --window.
  OperatorCommand action_;
  std::vector<std::string> kinds_;
  std::string describe_format_ = "text";
};

bool wants_colours() {
  const char* no_color = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  return ::isatty(STDOUT_FILENO) == 1 && (no_color == nullptr || *no_color == '\0');
}

}  // namespace

int run_command(int argc, char** argv) {
  // A closed pipe ("holdfast check | head") must not kill a run.
  std::signal(SIGPIPE, SIG_IGN);
  Terminal terminal{std::cout, std::cerr, wants_colours()};
  const Environment environment = process_environment();
  try {
    return CommandLine(environment, terminal).run(argc, argv);
  } catch (const std::exception&) {
    // A library's message may quote secrets (law 4).
    terminal.err << "holdfast: internal error; please report it\n";
    return kExitMisuse;
  }
}

}  // namespace holdfast
