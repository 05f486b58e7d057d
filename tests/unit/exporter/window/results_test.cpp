// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/results.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/exporter/window/week.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

Config config_of(const std::string& text) {
  ConfigOutcome outcome = parse_config(text, "test.yaml", environment_of({}), fake_kinds());
  for (const ConfigError& error : outcome.errors) FAIL_CHECK(render_config_error(error));
  REQUIRE(outcome.config);
  return *std::move(outcome.config);
}

const std::string kChecks =
    "databases: {main: {host: a, dbname: b, user: c}}\n"
    "checks:\n"
    "  - {name: db, kind: postgres, database: main}\n"
    "  - {name: web, kind: pool, source: http, url: 'http://u:canary@h/', budget: 21}\n";

}  // namespace

TEST_CASE("several windows side by side: past, future, overlapping, and one with start: now") {
  const Config config =
      config_of(kChecks +
                "windows:\n"
                "  - {name: past, start: 2025-11-01T00:00:00Z, length: 1d, checks: [db], go_when: "
                "{critical: 0s}}\n"
                "  - {name: coming, start: 2025-12-01T00:00:00Z, length: 1d, checks: [db], "
                "go_when: {critical: 0s}}\n"
                "  - {name: open, start: 2025-11-06T15:56:00Z, length: 7d, checks: [db], go_when: "
                "{critical: 0s}}\n"
                "  - {name: own, start: now, length: 2d, checks: [db], go_when: {critical: 0s}}\n");
  std::vector<Span> asked;
  const WindowSource source{[&](const Span& range, const std::vector<std::string>& checks) {
                              CHECK(checks == std::vector<std::string>{"db"});
                              asked.push_back(range);
                              Week week;
                              week.checks = {{.name = "db"}};
                              Evidence out = play(week, 3 * 24h);
                              out.range = range;
                              return Result<Evidence>(std::move(out));
                            },
                            [](const std::string& window, WallTime now) {
                              CHECK(window == "own");
                              return now - 24h;
                            }};
  const WallTime now = kStart + 3 * 24h;
  const auto results = make_window_results(config, source, now);
  REQUIRE(results);
  REQUIRE(results->size() == 4);
  CHECK((*results)[0].verdict == Verdict::inconclusive);  // No evidence.
  CHECK((*results)[1].verdict == Verdict::pending);
  CHECK((*results)[2].verdict == Verdict::in_progress);
  CHECK((*results)[2].day == 4);
  CHECK((*results)[3].day == 2);
  CHECK(asked[2] == Span{kStart, now});
  CHECK(needed_since(config, source, now) == kStart);
}

TEST_CASE("the history keeps evidence since the first start of a window that is not over") {
  Config config;
  const auto add = [&](Duration start, const char* on_no_go) {
    WindowConfig window;
    window.name = std::to_string(start / 1s);
    window.start = "now";
    window.length = 1h;
    window.on_no_go = on_no_go;
    config.windows.push_back(window);
  };
  const WindowSource source{
      {}, [](const std::string& window, WallTime) { return kStart + std::stoi(window) * 1s; }};
  const auto needed = [&] { return needed_since(config, source, kStart + 10h); };
  CHECK(!needed());
  add(9h - 1s, "stop");
  CHECK(!needed());
  add(9h + 1s, "stop");
  CHECK(needed() == kStart + 9h + 1s);
  add(9h, "stop");
  CHECK(needed() == kStart + 9h);
  add(11h, "stop");
  CHECK(needed() == kStart + 9h);
  add(2h, "restart");
  CHECK(needed() == kStart + 2h);
}

TEST_CASE("without a kind, or where its kind does not say, a check must show use") {
  Config config = config_of(kChecks);
  CHECK(needs_use_of(config)("db", {kStart, kStart + 24h}));
  CHECK(needs_use_of(config)("nobody", {kStart, kStart + 24h}));
  config.checks[0].kind = "nothing";
  CHECK(needs_use_of(config)("db", {kStart, kStart + 24h}));
}

TEST_CASE("a retired database must be silent and needs no use") {
  Config config = config_of(kChecks);
  config.checks[1].kind = "usage";
  config.checks[1].options.set("role", std::string("retired"));
  const NeedsUse needs_use = needs_use_of(config);
  CHECK(needs_use("db", {kStart, kStart + 24h}));
  CHECK(!needs_use("web", {kStart, kStart + 24h}));
}

TEST_CASE("a day without active hours needs no use") {
  Config config = config_of(kChecks);
  config.checks[0].kind = "usage";
  config.checks[0].timezone = "UTC";
  config.checks[0].options.set(
      "active", std::map<std::string, std::string>{{"hours", "08:00-22:00"}, {"days", "mon-sat"}});
  const NeedsUse needs_use = needs_use_of(config);
  // The week begins on a Thursday at 15:56: its third day ends on Sunday at 15:56.
  CHECK(needs_use("db", {kStart, kStart + 24h}));
  CHECK(needs_use("db", {kStart + 48h, kStart + 72h}));
  const WallTime sunday = kStart + 72h - 15h - 56min;
  CHECK(!needs_use("db", {sunday, sunday + 24h}));
  CHECK(needs_use("db", {sunday, sunday + 33h}));
}

TEST_CASE("limits and criteria are one line each, without URLs") {
  const Config config = config_of(kChecks +
                                  "windows: [{name: w, start: now, length: 7d, checks: [db],\n"
                                  "           go_when: {coverage: 99.5%, warning: 4h, latency: "
                                  "{db: 50ms}, ratios: {sent: 98%},\n"
                                  "                     require: [db]}}]\n");
  const auto limits = render_limits(config);
  REQUIRE(limits.size() == 3);
  CHECK(limits.at("check db") ==
        "interval 15 s, confirm 3, certificate 14 d / 3 d, connect 1 s / 3 s, "
        "latency 100 ms / 500 ms");
  CHECK(limits.at("check web") == "interval 15 s, confirm 3, budget 21, waiting 0 / 5");
  CHECK(limits.at("window w") ==
        "length 7 d, coverage 99.5 %, critical 0 s, warning 4 h, latency of db 50 ms, "
        "ratio sent 98 %, require db, checks db");
}

TEST_CASE("every type of option and every criterion is part of the limits") {
  const Config config = config_of(
      "databases: {main: {host: a, dbname: b, user: c}}\n"
      "checks:\n"
      "  - {name: odd, kind: odd, flag: true, count: 3, duration: 90s, text: secret, list: [a, "
      "b],\n"
      "     map: {x: y, z: w}, number: {warning: 1}}\n"
      "  - {name: use, kind: usage, database: main, tables: {t: {min_writes: '5'}, u: {}}}\n"
      "windows: [{name: w, start: now, length: 1d, checks: [odd, use], on_no_go: restart,\n"
      "           go_when: {latency: 70ms, ratios: 98.5%, require: [odd, use]}}]\n");
  const auto limits = render_limits(config);
  CHECK(limits.at("check odd") ==
        "interval 15 s, confirm 3, count 3, duration 90 s, flag on, list [a, b], map {x: y, z: w}, "
        "number 1 / off");
  CHECK(limits.at("check use") == "interval 15 s, confirm 3, tables {t: {min_writes: 5}, u: {}}");
  CHECK(limits.at("window w") ==
        "length 1 d, coverage 99 %, critical 0 s, latency 70 ms, ratios 98.5 %, require odd and "
        "use, checks odd and use, on_no_go restart");
}
