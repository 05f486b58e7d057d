// SPDX-License-Identifier: Apache-2.0
// Problems of the history itself are shown wherever it is read: by the daemon, by commands, on the
// page, in the status document and in every format of a report.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "exporter/history/sqlite.h"
#include "exporter/report/words.h"
#include "exporter/web/status_json.h"
#include "exporter/web/status_page.h"
#include "tests/unit/exporter/history/faulty_disk.h"
#include "tests/unit/exporter/history/script.h"
#include "tests/unit/exporter/report/sources.h"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

HistoryProblems problems_of(History& history) {
  const auto found = history.evidence({script_time(0), script_time(9)}, {kScriptCheck});
  REQUIRE(found);
  return found->problems;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<Finding> findings_of(const HistoryProblems& problems, Duration range = 24h) {
  const WallTime now = holdfast::testing::report_now();
  return history_findings(
      problems, {std::chrono::time_point_cast<WallTime::duration>(now - range), now}, "UTC");
}

}  // namespace

TEST_CASE("a full disk is a problem in the evidence for as long as it lasts") {
  const ScratchFolder folder;
  FaultyDisk disk;
  const HandClock clock;
  const auto history = open_on(folder.file(), clock, &disk);
  CHECK(problems_of(*history).current.empty());
  history->record(script_step(0, 10));
  disk.fail(disk.events(), 1'000'000, SQLITE_FULL);
  CHECK(has(problems_of(*history).current, "the disk is full"));
  CHECK(history->facts().is_file);
  disk.fail(disk.events(), 0, SQLITE_OK);
  CHECK(problems_of(*history).current.empty());
}

TEST_CASE(
    "a damaged file that was set aside is shown by the daemon, after a restart and by a command") {
  const ScratchFolder folder;
  HandClock clock;
  std::ofstream(folder.file()) << std::string(4096, 'x');
  const WallTime set_aside = clock.moment.wall;
  const auto check = [&](const HistoryProblems& problems) {
    CHECK(problems.current.empty());
    CHECK(problems.set_aside_at == set_aside);
    CHECK(problems.set_aside_as == "history.db.damaged-20231114T221320Z");
  };
  check(problems_of(*open_on(folder.file(), clock)));
  clock.pass(1h);
  check(problems_of(*open_on(folder.file(), clock)));
  const auto reader = read_history(folder.file());
  check(problems_of(*reader));
  CHECK(reader->facts().problem.empty());
  // The second start wrote when the daemon was last alive.
  CHECK(problems_of(*reader).last_alive == clock.moment.wall);
}

TEST_CASE("a file that is damaged while it is open is set aside, shown and replaced") {
  const ScratchFolder folder;
  FaultyDisk disk;
  const HandClock clock;
  const auto history = open_on(folder.file(), clock, &disk);
  history->record(script_step(0, 10));
  CHECK(problems_of(*history).set_aside_as.empty());
  history->record(script_step(1, 10));
  disk.fail(disk.events(), 1, SQLITE_CORRUPT);
  CHECK_FALSE(problems_of(*history).current.empty());
  CHECK(folder.has_set_aside());
  // The next write goes to the new file, with what could not be written before.
  CHECK_FALSE(problems_of(*history).set_aside_as.empty());
  CHECK(problems_of(*history).current.empty());
  CHECK(history->facts().is_writable);
}

TEST_CASE("with the file of a newer Holdfast the history is kept in memory, and says so") {
  const ScratchFolder folder;
  const HandClock clock;
  { static_cast<void>(open_on(folder.file(), clock)); }
  {
    auto file = Sqlite::open(folder.file(), FileUse::write);
    REQUIRE(file);
    REQUIRE((*file)->run("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  const auto history = open_on(folder.file(), clock);
  history->record(script_step(0, 10));
  for (int again = 0; again < 2; ++again) {
    const std::string now = problems_of(*history).current;
    CHECK(has(now, "newer Holdfast"));
    CHECK(has(now, "kept in memory only"));
  }
  // A command gets no baselines from it and can say why.
  CHECK(has(read_history(folder.file())->facts().problem, "newer Holdfast"));
  CHECK(read_history(folder.path() + "/none.db")->facts().problem.empty());
}

TEST_CASE("each problem of the history is a finding with a sentence") {
  const WallTime now = holdfast::testing::report_now();
  CHECK(findings_of({}).empty());
  CHECK(findings_of({.last_alive = now - 1min}).empty());
  const auto silent = findings_of({.last_alive = now - 1h});
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].code == "history_silent");
  CHECK(silent[0].text ==
        "Nothing has been written to the history since 23 Nov 2026 08:00 (UTC): the daemon is not "
        "running, or cannot write.");
  HistoryProblems both{.current = "the history file f cannot be written: the disk is full"};
  both.last_alive = now - 1h;
  both.set_aside_at = now - 2h;
  both.set_aside_as = "f.damaged";
  const auto two = findings_of(both);
  REQUIRE(two.size() == 2);
  CHECK(two[0].code == "history_not_kept");
  CHECK(two[0].text ==
        "History problem: the history file f cannot be written: the disk is full. Current data "
        "may be missing from windows and reports.");
  CHECK(two[1].code == "history_set_aside");
  CHECK(two[1].severity == Severity::warning);
  // What was lost before the range does not concern it.
  CHECK(findings_of(both, 1h).size() == 1);
}

TEST_CASE("page, status document and reports begin with the problems of the history") {
  ReportSource source = holdfast::testing::usual_source();
  source.evidence.problems.current = "the history file <f> cannot be written: the disk is full";
  const std::string text_start = "History problem: the history file ";
  const Report day = make_day_report(source);
  const Report window = *make_window_report(source, "phase-0");
  for (const Report* report : {&day, &window}) {
    REQUIRE(report->history_findings.size() == 1);
    const std::string text = render_report_text(*report, false);
    CHECK(text.find("warning: " + text_start) < text.find("VERDICT"));
    const std::string markdown = render_report_markdown(*report);
    CHECK(markdown.find(text_start + "&lt;f>") < markdown.find("Verdict:"));
    const std::string html = render_report_html(*report);
    CHECK(html.find(text_start + "&lt;f&gt;") < html.find("Verdict:"));
    CHECK(nlohmann::json::parse(render_report_json(*report))["history_findings"][0]["code"] ==
          "history_not_kept");
  }
  const ReportSource overview{.evidence = source.evidence, .windows = {}, .now = {}, .zone = "UTC"};
  CHECK(has(render_status_page({{}, overview, true}), text_start + "&lt;f&gt;"));
  const auto status = nlohmann::json::parse(
      render_status_json({}, {}, source.now, std::nullopt, day.history_findings));
  CHECK(status["history_findings"][0]["severity"] == "warning");
}

TEST_CASE("a day whose history has a problem is never reported as ok") {
  ReportSource source = holdfast::testing::usual_source();
  source.evidence.checks.erase(source.evidence.checks.begin());
  source.evidence.maintenance.clear();
  REQUIRE(make_day_report(source).verdict == "ok");
  source.evidence.problems.current = "the history file f cannot be written: the disk is full";
  const Report report = make_day_report(source);
  CHECK(report.verdict == "warning");
  CHECK(report.why == "All checks are ok, but the history may be incomplete.");
}
