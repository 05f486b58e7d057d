// SPDX-License-Identifier: Apache-2.0
// What stands against the history itself is told wherever the history is read: by the daemon, by
// commands, on the page, in the status document and in every format of a report.
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

HistoryTrouble trouble_of(History& history) {
  const auto found = history.evidence({script_time(0), script_time(9)}, {kScriptCheck});
  REQUIRE(found);
  return found->trouble;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::vector<Finding> tell(const HistoryTrouble& trouble, Duration range = 24h) {
  const WallTime now = holdfast::testing::report_now();
  return history_findings(
      trouble, {std::chrono::time_point_cast<WallTime::duration>(now - range), now}, "UTC");
}

}  // namespace

TEST_CASE("a full disk is told with the evidence while it lasts, and not when it works again") {
  const ScratchFolder folder;
  FaultyDisk disk;
  const HandClock clock;
  const auto history = open_on(folder.file(), clock, &disk);
  CHECK(trouble_of(*history).now.empty());
  history->record(script_step(0, 10));
  disk.fail(disk.events(), 1'000'000, SQLITE_FULL);
  CHECK(has(trouble_of(*history).now, "the disk is full"));
  CHECK(history->facts().is_file);
  disk.fail(disk.events(), 0, SQLITE_OK);
  CHECK(trouble_of(*history).now.empty());
}

TEST_CASE(
    "a damaged file that was set aside is told by the daemon, after a restart, by a command") {
  const ScratchFolder folder;
  HandClock clock;
  std::ofstream(folder.file()) << std::string(4096, 'x');
  const WallTime begun = clock.moment.wall;
  const auto check = [&](const HistoryTrouble& trouble) {
    CHECK(trouble.now.empty());
    CHECK(trouble.set_aside_at == begun);
    CHECK(trouble.set_aside_as == "history.db.damaged-20231114T221320Z");
  };
  check(trouble_of(*open_on(folder.file(), clock)));
  clock.pass(1h);
  check(trouble_of(*open_on(folder.file(), clock)));
  const auto reader = read_history(folder.file());
  check(trouble_of(*reader));
  CHECK(reader->facts().trouble.empty());
  // The command knows when the daemon last lived; the start of an hour later wrote it.
  CHECK(trouble_of(*reader).last_sign == clock.moment.wall);
}

TEST_CASE("a file that is damaged while it is open is set aside, told, and lived on without") {
  const ScratchFolder folder;
  FaultyDisk disk;
  const HandClock clock;
  const auto history = open_on(folder.file(), clock, &disk);
  history->record(script_step(0, 10));
  CHECK(trouble_of(*history).set_aside_as.empty());
  history->record(script_step(1, 10));
  disk.fail(disk.events(), 1, SQLITE_CORRUPT);
  CHECK_FALSE(trouble_of(*history).now.empty());
  CHECK(folder.has_set_aside());
  // The next write goes into the new file, and what was to be written with it.
  CHECK_FALSE(trouble_of(*history).set_aside_as.empty());
  CHECK(trouble_of(*history).now.empty());
  CHECK(history->facts().is_writable);
}

TEST_CASE("a newer Holdfast's file leaves the daemon in memory, and says so as long as it lasts") {
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
    const std::string now = trouble_of(*history).now;
    CHECK(has(now, "newer Holdfast"));
    CHECK(has(now, "kept in memory only"));
  }
  // A command has no baselines from it, and can say why.
  CHECK(has(read_history(folder.file())->facts().trouble, "newer Holdfast"));
  CHECK(read_history(folder.path() + "/none.db")->facts().trouble.empty());
}

TEST_CASE("trouble with the history is a finding with a sentence, and no trouble is none") {
  const WallTime now = holdfast::testing::report_now();
  CHECK(tell({}).empty());
  CHECK(tell({.last_sign = now - 1min}).empty());
  const auto silent = tell({.last_sign = now - 1h});
  REQUIRE(silent.size() == 1);
  CHECK(silent[0].code == "history_silent");
  CHECK(silent[0].text ==
        "Nothing has been written to the history since 23 Nov 2026 08:00 (UTC): the daemon is not "
        "running, or cannot write.");
  HistoryTrouble both{.now = "the history file f cannot be written: the disk is full"};
  both.last_sign = now - 1h;
  both.set_aside_at = now - 2h;
  both.set_aside_as = "f.damaged";
  const auto two = tell(both);
  REQUIRE(two.size() == 2);
  CHECK(two[0].code == "history_not_kept");
  CHECK(two[0].text ==
        "History problem: the history file f cannot be written: the disk is full. Current data "
        "may be missing from windows and reports.");
  CHECK(two[1].code == "history_set_aside");
  CHECK(two[1].severity == Severity::warning);
  // What was lost before the range concerns it no more.
  CHECK(tell(both, 1h).size() == 1);
}

TEST_CASE("page, status document and reports open with what stands against the history") {
  ReportSource source = holdfast::testing::usual_source();
  source.evidence.trouble.now = "the history file <f> cannot be written: the disk is full";
  const std::string told = "History problem: the history file ";
  const Report day = make_day_report(source);
  const Report window = *make_window_report(source, "phase-0");
  for (const Report* report : {&day, &window}) {
    REQUIRE(report->history_findings.size() == 1);
    const std::string text = render_report_text(*report, false);
    CHECK(text.find("warning: " + told) < text.find("VERDICT"));
    const std::string markdown = render_report_markdown(*report);
    CHECK(markdown.find(told + "&lt;f>") < markdown.find("Verdict:"));
    const std::string html = render_report_html(*report);
    CHECK(html.find(told + "&lt;f&gt;") < html.find("Verdict:"));
    CHECK(nlohmann::json::parse(render_report_json(*report))["history_findings"][0]["code"] ==
          "history_not_kept");
  }
  const Overview overview{source.evidence, {}, "UTC"};
  CHECK(has(render_status_page({{}, overview, true}), told + "&lt;f&gt;"));
  const auto status = nlohmann::json::parse(
      render_status_json({}, {}, source.now, std::nullopt, day.history_findings));
  CHECK(status["history_findings"][0]["severity"] == "warning");
}

TEST_CASE("a day whose history is in trouble is never told as ok") {
  ReportSource source = holdfast::testing::usual_source();
  source.evidence.checks.erase(source.evidence.checks.begin());
  source.evidence.maintenance.clear();
  REQUIRE(make_day_report(source).verdict == "ok");
  source.evidence.trouble.now = "the history file f cannot be written: the disk is full";
  const Report report = make_day_report(source);
  CHECK(report.verdict == "warning");
  CHECK(report.why == "All that was seen is well, but the history may not have all of it.");
}
