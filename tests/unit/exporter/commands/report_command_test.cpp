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
struct ReportRun {
  explicit ReportRun(ReportCommand command, Evidence evidence = usual_source().evidence) {
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
          checks_run = checks.size();
          return std::vector<CheckRun>{};
        },
        report_now(), terminal);
  }

  web_test::Directory folder;
  std::ostringstream out;
  std::ostringstream err;
  std::size_t checks_run = 0;
  int code = -1;
};

}  // namespace

TEST_CASE("report prints the day and runs each check once for upcoming events") {
  const ReportRun run(ReportCommand{});
  CHECK(run.code == 1);
  CHECK(run.checks_run == 2);
  CHECK(run.out.str().find("VERDICT  warning") != std::string::npos);
  CHECK(run.err.str().empty());
}

TEST_CASE("report on a window has the judge's verdict") {
  const ReportRun run(ReportCommand{.window = "phase-0", .format = "json", .run_checks = false});
  CHECK(run.code == 1);
  CHECK(run.checks_run == 0);
  const auto json = nlohmann::json::parse(run.out.str());
  CHECK(json["verdict"] == "in_progress");
  CHECK(json["checks"].size() == 2);
  CHECK(json["upcoming"].is_null());
}

TEST_CASE("an unknown window is reported with the nearest name and exits with 3") {
  const ReportRun run(ReportCommand{.window = "phase-1"});
  CHECK(run.code == 3);
  CHECK(run.err.str().find("did you mean phase-0?") != std::string::npos);
  const ReportRun nowhere(ReportCommand{.output = "/nonexistent/report.html"});
  CHECK(nowhere.code == 3);
  CHECK(nowhere.err.str().find("cannot write") != std::string::npos);
}

TEST_CASE("report without any evidence is unknown") {
  const ReportRun run(ReportCommand{.run_checks = false}, Evidence{});
  CHECK(run.code == 3);
  CHECK(run.out.str().find("VERDICT  unknown") != std::string::npos);
}

TEST_CASE("report writes a file and prints one line when asked to") {
  const web_test::Directory folder;
  const std::string path = folder.file("report.html");
  const ReportRun run(ReportCommand{.format = "html", .output = path});
  CHECK(run.out.str().empty());
  std::ifstream file(path);
  std::string first;
  std::getline(file, first);
  CHECK(first == "<!doctype html>");
  const ReportRun brief(ReportCommand{.run_checks = false, .is_brief = true});
  CHECK(brief.out.str() ==
        "Daily health check: warning. All checks are ok now, but timeweb had incidents in the "
        "last 24 hours.\n");
}
