// SPDX-License-Identifier: Apache-2.0
#include "deploy/demo/replay/replay.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "deploy/demo/replay/plot.h"
#include "exporter/history/history.h"
#include "exporter/metrics/exposition.h"
#include "exporter/report/report.h"
#include "exporter/web/status_page.h"
#include "tests/unit/exporter/commands/check_runs.h"
#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/exporter/history/script.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

// Thu 2025-11-06 16:56 UTC, the start of the window.
constexpr WallTime kBegin{std::chrono::seconds(1'762'448'160)};
constexpr Span kPast{kBegin, kBegin + 48h};

// The checks of the demo by name and kind, and its window.
Config demo_config(const std::string& history) {
  const std::string text =
      "timezone: UTC\nhistory: {path: " + history +
      "}\n"
      "defaults: {interval: 5s, timeout: 3s, confirm: 3, retry_interval: 1s}\n"
      "databases:\n"
      "  timeweb: {host: localhost, dbname: default_db, user: holdfast}\n"
      "  pooler: {host: localhost, dbname: pgbouncer, user: holdfast}\n"
      "checks:\n"
      "  - {name: timeweb, kind: postgres, database: timeweb}\n"
      "  - {name: pool, kind: pool, database: timeweb, budget: 21}\n"
      "  - {name: pooler, kind: pool, source: pgbouncer, database: pooler}\n"
      "  - {name: api-pool, kind: pool, source: http, url: 'http://127.0.0.1:1/'}\n"
      "  - {name: sessions, kind: whatsapp, database: timeweb}\n"
      "  - {name: services, kind: pm2, home: /nonexistent}\n"
      "  - {name: in-use, kind: usage, database: timeweb}\n"
      "windows:\n"
      "  - name: phase-0\n    start: 2025-11-06T16:56:00Z\n    length: 7d\n"
      "    checks: [timeweb, pool, pooler, api-pool, sessions, services, in-use]\n"
      "    go_when: {coverage: 90%, critical: 30m, warning: 4h, latency: 100ms, require: "
      "[in-use]}\n";
  ConfigOutcome outcome = parse_config(text, "demo.yaml", environment_of({}));
  for (const ConfigError& error : outcome.errors) FAIL_CHECK(render_config_error(error));
  REQUIRE(outcome.config);
  return *std::move(outcome.config);
}

// Shared by the tests that need both days: replaying them takes a second or two.
struct Past {
  explicit Past(const Span& span = kPast) : done(replay(config, span)) {}
  test::ScratchFolder folder;
  Config config = demo_config(folder.file());
  Result<Replayed> done;
};
Past& past() {
  static Past one;
  return one;
}

ReportSource source_at(WallTime now) {
  REQUIRE(past().done);
  const std::shared_ptr<History> history = read_history(past().config.history_path);
  auto source = gather_report(
      {[&](const Span& range, const auto& checks) { return history->evidence(range, checks); },
       nullptr},
      past().config, "phase-0", now);
  REQUIRE(source);
  return *std::move(source);
}

std::string bytes_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

// The gap, the lost packet and the nights.
void expect_the_plot(const Evidence& evidence) {
  REQUIRE(evidence.gaps.size() == 1);
  CHECK(evidence.gaps[0].cause == GapCause::stopped);
  CHECK(evidence.gaps[0].span == Span{kBegin + kPlotRestart.from, kBegin + kPlotRestart.until});
  CHECK(evidence.changes.empty());
  const auto& timeweb = evidence.checks.at(0);
  REQUIRE(timeweb.incidents.size() == 1);
  CHECK(timeweb.incidents[0].severity == Severity::warning);
  const auto lost = std::ranges::count_if(timeweb.spans, [](const StatusSpan& step) {
    return step.raw == Status::critical && step.confirmed == Status::ok;
  });
  CHECK(lost == 1);
  const auto median = [&](WallTime hour) {
    const auto slice = std::ranges::find_if(
        timeweb.latency, [&](const LatencySlice& one) { return one.span.contains(hour); });
    REQUIRE(slice != timeweb.latency.end());
    return slice->values.quantile(0.5).value_or(0);
  };
  // 03:00 and 15:00 of the first night and day.
  CHECK(median(kBegin + 10h + 4min) * 1.8 < median(kBegin + 22h + 4min));
}

// Invented data must not become a baseline.
void expect_no_memory() {
  const auto history = read_history(past().config.history_path);
  for (const CheckConfig& check : past().config.checks) CHECK(history->recall(check.name).empty());
}

}  // namespace

TEST_CASE("the two days before the demo are judged as they were invented") {
  const ReportSource source = source_at(kPast.end);
  REQUIRE(source.windows.size() == 1);
  const WindowResult& window = source.windows[0];
  CHECK(window.verdict == Verdict::in_progress);
  CHECK(window.day == 3);
  const auto stood = [&](const std::string& check) {
    const auto found = std::ranges::find(window.checks, check, &CheckResult::check);
    REQUIRE(found != window.checks.end());
    return *found;
  };
  // Computed by hand from the plot: what fell into the maintenance of 20 minutes does not count, a
  // single lost packet is no incident, and for four minutes there were no readings, of which the
  // last ones were still valid for one and a half minutes at most.
  for (const CheckResult& check : window.checks) {
    CAPTURE(check.check);
    CHECK(check.maintenance == 20min);
    CHECK(check.coverage > 0.998);
    CHECK(check.coverage < 0.9995);
    CHECK(check.no_data > 2min + 30s - 3s);
    CHECK(check.no_data < 4min + 10s);
    CHECK(check.critical == (check.check == "services" ? 7min : 0min));
  }
  CHECK(stood("timeweb").warning == 12min);
  CHECK(stood("pooler").warning == 3min);
  CHECK(stood("sessions").warning == 25min);
  CHECK(stood("services").warning == 0s);
  CHECK(stood("in-use").days_with_use == 2);
  CHECK(past().done->readings > 7 * 60 * 47);
  expect_the_plot(source.evidence);
  expect_no_memory();
}

TEST_CASE("what is replayed is told as replayed, wherever the window is told") {
  const ReportSource source = source_at(kPast.end + 1min);
  const Report report = *make_window_report(source, "phase-0");
  const std::string sentence =
      "Demonstration: all data before 8 Nov 2025 16:56 (UTC) is simulated.";
  check_golden("demo/window.txt", render_report_text(report, false));
  for (const std::string& text : {render_report_text(report, false), render_report_markdown(report),
                                  render_report_html(report)})
    CHECK(text.find(sentence) != std::string::npos);
  CHECK(render_report_json(report).find(R"("replayed_until": "2025-11-08T16:56:00Z")") !=
        std::string::npos);
  ReportSource overview{
      .evidence = source.evidence, .windows = source.windows, .now = {}, .zone = "UTC"};
  CHECK(render_status_page({{}, overview, true}).find(sentence) != std::string::npos);
  // A week later neither a strip nor a window reaches back so far.
  overview.evidence.range = {kPast.end + 1h, kPast.end + 25h};
  overview.windows.clear();
  CHECK(render_status_page({{}, overview, true}).find(sentence) == std::string::npos);
}

TEST_CASE("nothing is replayed into an existing history") {
  Past hour({kBegin, kBegin + 1h});
  REQUIRE(hour.done);
  const std::string before = bytes_of(hour.config.history_path);
  CHECK(before.size() > 10'000);
  const auto again = replay(hour.config, kPast);
  REQUIRE_FALSE(again);
  CHECK(again.error().reason == Reason::busy);
  CHECK(bytes_of(hour.config.history_path) == before);
  CHECK_FALSE(std::filesystem::exists(hour.config.history_path + ".replay"));
}

TEST_CASE(
    "the daemon that comes after the replay begins with a gap and without a past of its own") {
  constexpr Span kHour{kBegin, kBegin + 1h};
  const Past hour(kHour);
  REQUIRE(hour.done);
  test::HandClock clock;
  clock.moment.wall = kHour.end + 3s;
  HistoryOptions options{.path = hour.folder.file(), .clock = &clock, .writes_by_itself = false};
  const auto history = make_history(options);
  REQUIRE(history->facts().replayed_until);
  CHECK(*history->facts().replayed_until == kHour.end);
  Observation seen;
  seen.check = "timeweb";
  seen.kind = "postgres";
  seen.began = seen.at = kHour.end + 5s;
  seen.valid_until = kHour.end + 15s;
  seen.raw = seen.confirmed = Status::ok;
  history->record(seen);
  const auto evidence = history->evidence({kHour.end, kHour.end + 1h}, {"timeweb"});
  REQUIRE(evidence);
  REQUIRE(evidence->gaps.size() == 1);
  CHECK(evidence->gaps[0] == Gap{{kHour.end, kHour.end + 3s}, GapCause::stopped});
  REQUIRE(evidence->checks.at(0).spans.size() == 1);
  CHECK(evidence->checks.at(0).spans[0].span == Span{kHour.end + 5s, kHour.end + 15s});
}

TEST_CASE("only a window that started two days ago gets a past") {
  const Config config = demo_config("/nonexistent/history.db");
  CHECK(past_of(config, kPast.end + 30s));
  CHECK_FALSE(past_of(config, kPast.end - 1h));
  CHECK_FALSE(past_of(config, kPast.end + 24h));
  CHECK_FALSE(replay(config, kPast));
}
