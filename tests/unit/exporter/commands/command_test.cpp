// SPDX-License-Identifier: Apache-2.0
// The commands behind the command line, on string streams.
#include <doctest/doctest.h>

#include <array>
#include <sstream>

#include "exporter/commands/check_command.h"
#include "exporter/commands/commands.h"
#include "exporter/commands/config_command.h"
#include "tests/unit/exporter/commands/check_runs.h"
#include "tests/unit/exporter/config/fake_kinds.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

struct Screen {
  std::ostringstream out;
  std::ostringstream err;
  Terminal terminal{out, err};
};

/// An environment in which only PM2 is discovered.
Environment with_pm2() { return environment_of({{"PM2_HOME", "/"}}); }

RunChecks runs_with(Status status) {
  return [status](const std::vector<CheckConfig>& checks, const std::string&, bool) {
    std::vector<CheckRun> out;
    for (const CheckConfig& check : checks)
      out.push_back(run_of(check.name, check.kind, status, 1ms));
    return out;
  };
}

}  // namespace

TEST_CASE("check exits with the worst status and notes the source of the configuration") {
  for (const auto& [status, code] :
       {std::pair{Status::ok, 0}, std::pair{Status::warning, 1}, std::pair{Status::critical, 2},
        std::pair{Status::unknown, 3}}) {
    Screen screen;
    CHECK(run_check({}, with_pm2(), runs_with(status), screen.terminal) == code);
    CHECK(screen.out.str().find("note: check pm2 uses home /") != std::string::npos);
  }
}

TEST_CASE("check of an unknown name suggests the nearest one and runs nothing") {
  Screen screen;
  const auto never = [](const std::vector<CheckConfig>&, const std::string&,
                        bool) -> std::vector<CheckRun> {
    FAIL("ran a check");
    return {};
  };
  CheckCommand command;
  command.names = {"pm3"};
  CHECK(run_check(command, with_pm2(), never, screen.terminal) == kExitMisuse);
  CHECK(screen.err.str() == "unknown check \"pm3\"; did you mean pm2?\n");
  command.format = kExplanation;
  CHECK(run_check(command, with_pm2(), never, screen.terminal) == kExitMisuse);
  CHECK(run_check({}, environment_of({}), never, screen.terminal) == kExitMisuse);
}

TEST_CASE("only the nagios format confirms readings") {
  for (const std::string format : {"text", "json", "nagios"}) {
    Screen screen;
    CheckCommand command;
    command.format = format;
    const auto run = [&](const std::vector<CheckConfig>& checks, const std::string& path,
                         bool confirm) {
      CHECK(confirm == (format == "nagios"));
      return runs_with(Status::ok)(checks, path, confirm);
    };
    CHECK(run_check(command, with_pm2(), run, screen.terminal) == kExitOk);
  }
}

TEST_CASE("no checks are never ok") {
  Screen screen;
  const auto nothing = [](const std::vector<CheckConfig>&, const std::string&, bool) {
    return std::vector<CheckRun>{};
  };
  CHECK(run_check({}, with_pm2(), nothing, screen.terminal) == kExitUnknown);
}

TEST_CASE("config check accepts a valid configuration and rejects an invalid one") {
  Screen valid;
  CHECK(run_config_check("", with_pm2(), valid.terminal) == kExitOk);
  CHECK(valid.out.str().starts_with("the environment is valid: 1 check, 0 databases, 0 windows"));
  Screen invalid;
  CHECK(run_config_check("/nowhere/h.yaml", with_pm2(), invalid.terminal) == kExitConfigError);
  CHECK(invalid.err.str() == "/nowhere/h.yaml: no such file\n");
}

TEST_CASE("usage errors have their exit code and throw nothing") {
  struct Row {
    std::vector<const char*> arguments;
    int want;
  };
  for (const Row& row : {Row{{"holdfast", "chekc"}, kExitMisuse}, Row{{"holdfast"}, kExitMisuse},
                         Row{{"holdfast", "check", "--format=xml"}, kExitMisuse},
                         Row{{"holdfast", "explain"}, kExitMisuse},
                         Row{{"holdfast", "serve", "--nothing"}, kExitConfigError},
                         Row{{"holdfast", "report"}, kExitMisuse},
                         Row{{"holdfast", "report", "--day", "--window=w"}, kExitMisuse},
                         Row{{"holdfast", "config", "check", "/nowhere"}, kExitConfigError},
                         Row{{"holdfast", "check", "--config.file=/nowhere"}, kExitMisuse}}) {
    std::vector<std::string> words(row.arguments.begin(), row.arguments.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    CAPTURE(words.back());
    CHECK(run_command(static_cast<int>(words.size()), argv.data()) == row.want);
  }
}
