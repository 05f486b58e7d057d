// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/report_command.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/exporter/commands/check_runs.h"
#include "tests/unit/exporter/report/sources.h"
#include "tests/unit/exporter/web/certificates.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

constexpr const char* kConfig = R"(timezone: UTC
history: {path: /nonexistent/history.db}
checks:
  - {name: timeweb, kind: pm2, home: /h}
  - {name: sessions, kind: pm2, home: /h}
windows:
  - {name: phase-0, start: 2026-11-21T09:00:00Z, length: 7d, checks: [timeweb, sessions],
     go_when: {coverage: 99%, critical: 10m}}
)";

/// One run of the command over hand-made evidence.
struct Told {
  explicit Told(ReportCommand command, Evidence evidence = usual_source().evidence) {
    command.config_file = folder.write("holdfast.yaml", kConfig);
    Terminal terminal{out, err, false};
    const auto open = [&](const std::string&) {
      return WindowSource{
          [evidence](const Span&, const auto&) { return Result<Evidence>(evidence); },
          [](const auto&, WallTime now) { return now; }};
    };
    code = run_report(
        command, [](const auto&) { return std::nullopt; }, open,
        [&](const auto& checks, const auto&, bool) {
          looked = checks.size();
          return std::vector<CheckRun>{};
        },
        report_now(), terminal);
  }

  web_test::Directory folder;
  std::ostringstream out;
  std::ostringstream err;
  std::size_t looked = 0;
  int code = -1;
};

}  // namespace

TEST_CASE("report tells the day, and looks once to know what comes") {
  const Told told(ReportCommand{});
  CHECK(told.code == 1);
  CHECK(told.looked == 2);
  CHECK(told.out.str().find("VERDICT  warning") != std::string::npos);
  CHECK(told.err.str().empty());
}

TEST_CASE("report tells a window with the judge's verdict") {
  const Told told(ReportCommand{.window = "phase-0", .format = "json", .runs = false});
  CHECK(told.code == 1);
  CHECK(told.looked == 0);
  const auto json = nlohmann::json::parse(told.out.str());
  CHECK(json["verdict"] == "in_progress");
  CHECK(json["checks"].size() == 2);
  CHECK(json["coming"].is_null());
}

TEST_CASE("report's misuse is said with the nearest name, and is unknown to Nagios") {
  const Told told(ReportCommand{.window = "phase-1"});
  CHECK(told.code == 3);
  CHECK(told.err.str().find("did you mean phase-0?") != std::string::npos);
  const Told nowhere(ReportCommand{.output = "/nonexistent/report.html"});
  CHECK(nowhere.code == 3);
  CHECK(nowhere.err.str().find("cannot be written") != std::string::npos);
}

TEST_CASE("report without any evidence is unknown") {
  const Told told(ReportCommand{.runs = false}, Evidence{});
  CHECK(told.code == 3);
  CHECK(told.out.str().find("VERDICT  unknown") != std::string::npos);
}

TEST_CASE("report writes a file and prints one line when asked to") {
  const web_test::Directory folder;
  const std::string path = folder.file("report.html");
  const Told told(ReportCommand{.format = "html", .output = path});
  CHECK(told.out.str().empty());
  std::ifstream file(path);
  std::string first;
  std::getline(file, first);
  CHECK(first == "<!doctype html>");
  const Told brief(ReportCommand{.runs = false, .is_brief = true});
  CHECK(brief.out.str() ==
        "Daily health check: warning. All is well now, but timeweb was not within these 24 "
        "hours.\n");
}
