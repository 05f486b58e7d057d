// SPDX-License-Identifier: Apache-2.0
// Single rules of the judge, each on the smallest week that shows it. Weeks computed by hand are
// golden files (golden_test.cpp).
#include <doctest/doctest.h>

#include "tests/unit/exporter/window/week.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

constexpr Duration kWeek = 7 * 24h;

WindowConfig window_of(std::vector<std::string> checks, Criteria criteria = {}) {
  WindowConfig out;
  out.name = "week";
  out.start = "2025-11-06T15:56:00Z";
  out.length = kWeek;
  out.checks = std::move(checks);
  out.go_when = std::move(criteria);
  return out;
}

Week week_of(std::vector<PlayedCheck> checks) {
  Week out;
  out.checks = std::move(checks);
  return out;
}

WindowResult judge_at(const WindowConfig& window, const Week& week, Duration now) {
  return judge_window(window, kStart, play(week, now), wall_at(week, now));
}

const CriterionResult& criterion(const WindowResult& result, std::string_view name) {
  for (const CriterionResult& one : result.criteria)
    if (one.criterion == name) return one;
  FAIL("no such criterion");
  return result.criteria.front();
}

Maintenance pause(Duration from, Duration until, Duration declared) {
  return {1, {kStart + from, kStart + until}, kStart + declared, "deploy", "root"};
}

}  // namespace

TEST_CASE("a window that has not begun is pending, and says when it begins") {
  WindowConfig window = window_of({"db"});
  const Evidence nothing{{kStart, kStart}, {}, {}, {}, {}, {}};
  const WindowResult result = judge_window(window, kStart + 26h, nothing, kStart);
  CHECK(result.verdict == Verdict::pending);
  CHECK(result.day == 0);
  CHECK(result.why == "The window starts in 26 h.");
  for (const CriterionResult& one : result.criteria) CHECK(one.state == CriterionState::open);
}

TEST_CASE("a good week is in progress until its last moment, and go from then on") {
  const WindowConfig window = window_of({"db"});
  const Week week = week_of({{.name = "db"}});
  const WindowResult before = judge_at(window, week, kWeek - 1s);
  CHECK(before.verdict == Verdict::in_progress);
  CHECK(before.day == 7);
  CHECK(criterion(before, "critical").state == CriterionState::open);
  const WindowResult after = judge_at(window, week, kWeek);
  CHECK(after.verdict == Verdict::go);
  CHECK(after.day == 7);
  CHECK(after.checks[0].coverage == doctest::Approx(1));
  CHECK(judge_at(window, week, kWeek + 72h).verdict == Verdict::go);
}

TEST_CASE("a check without evidence is not covered, and a window without checks is never good") {
  const Week week = week_of({{.name = "db"}});
  CHECK(judge_at(window_of({"db", "gone"}), week, kWeek).verdict == Verdict::inconclusive);
  CHECK(judge_at(window_of({}), week, kWeek).verdict == Verdict::inconclusive);
}

TEST_CASE("each check has its own budget, and budgets are never summed") {
  Criteria criteria;
  criteria.critical = 5min;
  Week week = week_of({{.name = "db"}, {.name = "pool"}});
  week.happenings = {{"db", {24h, 24h + 4min}}, {"pool", {48h, 48h + 4min}}};
  const WindowResult result = judge_at(window_of({"db", "pool"}, criteria), week, kWeek);
  CHECK(result.verdict == Verdict::go);
  CHECK(criterion(result, "critical").by.size() == 2);
  criteria.critical = 4min;
  CHECK(judge_at(window_of({"db", "pool"}, criteria), week, kWeek).verdict == Verdict::no_go);
}

TEST_CASE("the latency criterion reports the slowest check for its limit, of equals the first") {
  Criteria criteria;
  criteria.latency = 100ms;
  const auto worst_of = [&](double pool) {
    const Week week = week_of({{.name = "db", .latency = 0.2}, {.name = "pool", .latency = pool}});
    return criterion(judge_at(window_of({"db", "pool"}, criteria), week, kWeek), "latency");
  };
  CHECK(worst_of(0.2).check == "db");
  CHECK(worst_of(0.2).state == CriterionState::failed);
  CHECK(worst_of(2).check == "pool");
  // 2 s of 4 s allowed are less than 200 ms of 100 ms.
  criteria.latency_of["pool"] = 4s;
  CHECK(worst_of(2).check == "db");
}

TEST_CASE("one measured latency is enough for a check to have a limit") {
  Criteria criteria;
  criteria.latency = 100ms;
  const Week week = week_of({{.name = "db", .kind = "other", .latency = 0.05}});
  const CriterionResult one =
      criterion(judge_at(window_of({"db"}, criteria), week, 30min), "latency");
  CHECK(one.check == "db");
  CHECK(one.wanted == "p95 at most 100 ms");
}

TEST_CASE("a latency that was never measured needs a new start, however complete the rest is") {
  Criteria criteria;
  criteria.latency_of["db"] = 100ms;
  const WindowResult result =
      judge_at(window_of({"db"}, criteria), week_of({{.name = "db"}}), kWeek);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.earliest_end == kStart + 2 * kWeek);
  CHECK(result.what_next ==
        "Set a new start for the window: its evidence can be complete in 7 d at the earliest.");
}

TEST_CASE("the earliest end waits for the check that lacks most evidence, wherever it is listed") {
  // 1 % of a week is 1 h 40 min 48 s, and pool lacks the first 2 h.
  const Week week = week_of({{.name = "db"}, {.name = "pool", .begins = 2h}});
  for (const auto& checks : {std::vector<std::string>{"db", "pool"}, {"pool", "db"}}) {
    const WindowResult result = judge_at(window_of(checks), week, kWeek);
    CHECK(result.verdict == Verdict::inconclusive);
    REQUIRE(result.earliest_end);
    CHECK(*result.earliest_end >= kStart + kWeek + 19min);
    CHECK(*result.earliest_end <= kStart + kWeek + 20min);
  }
}

TEST_CASE("evidence against and missing evidence together are no_go") {
  Week week = week_of({{.name = "db"}});
  week.happenings = {{"db", {24h, 24h + 4min}}};
  week.absences = {{{48h, 72h}, GapCause::stopped}};
  const WindowResult result = judge_at(window_of({"db"}), week, kWeek);
  CHECK(result.verdict == Verdict::no_go);
  CHECK(criterion(result, "coverage").state == CriterionState::failed);
  CHECK(result.why ==
        "Check db was critical for 4 min 10 s (allowed: none); coverage is also below target. "
        "Something is wrong.");
}

TEST_CASE("an outage of the database that must be in use is not wrong use") {
  const WindowConfig window = window_of({"in-use"}, {.critical = 10min, .require = {"in-use"}});
  Week week = week_of({{.name = "in-use", .kind = "usage"}});
  for (int day = 0; day < 7; ++day) week.checks[0].use.push_back(day * 24h + 1h);
  week.happenings = {{"in-use", {30h, 30h + 2min}, Status::critical}};
  Evidence evidence = play(week, kWeek);
  const auto use_as = [&](const std::string& code) {
    for (IncidentRecord& record : evidence.checks[0].incidents) record.findings.front().code = code;
    const WallTime end = wall_at(week, kWeek);
    return criterion(judge_window(window, kStart, evidence, end), "activity");
  };
  CHECK(use_as("usage_refused").state == CriterionState::met);
  CHECK(use_as("usage_refused").by.empty());
  const CriterionResult misused = use_as("usage_nobody");
  CHECK(misused.state == CriterionState::failed);
  CHECK(misused.is_evidence_against);
  CHECK(misused.by.size() == 1);
}

TEST_CASE("a day that needs no use may pass without it") {
  const WindowConfig window = window_of({"in-use"}, {.require = {"in-use"}});
  Week week = week_of({{.name = "in-use", .kind = "usage"}});
  for (int day = 0; day < 6; ++day) week.checks[0].use.push_back(day * 24h + 1h);
  const auto verdict_when = [&](const NeedsUse& needs_use) {
    const Evidence evidence = play(week, kWeek);
    return judge_window(window, kStart, evidence, wall_at(week, kWeek), needs_use).verdict;
  };
  CHECK(verdict_when(nullptr) == Verdict::inconclusive);
  const auto until_day = [](int last) {
    return [=](const std::string&, const Span& day) { return day.begin < kStart + last * 24h; };
  };
  CHECK(verdict_when(until_day(7)) == Verdict::inconclusive);
  CHECK(verdict_when(until_day(6)) == Verdict::go);
}

TEST_CASE("maintenance that overlaps is counted once, and over 5 % of the window is too much") {
  Week week = week_of({{.name = "db"}});
  week.maintenance = {pause(24h, 30h, 23h), pause(27h, 32h, 23h)};
  WindowResult result = judge_at(window_of({"db"}), week, kWeek);
  CHECK(result.checks[0].maintenance == 8h);
  CHECK(result.verdict == Verdict::go);  // 8 h of 8 h 24 min.
  week.maintenance.push_back(pause(40h, 41h, 39h));
  result = judge_at(window_of({"db"}), week, 41h);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(criterion(result, "maintenance").state == CriterionState::failed);
  // 9 h are 5 % of 180 h: the window would have to be 7 d 12 h long.
  CHECK(result.earliest_end == kStart + 180h);
  CHECK(result.what_next == "Extend the window to 7 d 12 h so that its evidence can be complete.");
}

TEST_CASE("a reading just before the end is confirmed after it") {
  Week week = week_of({{.name = "db"}});
  week.happenings = {{"db", {kWeek - 15s, kWeek + 1min}}};
  const WindowConfig window = window_of({"db"});
  // Readings at -15 s and, tried again, at -10 s and -5 s: confirmed before the end.
  CHECK(judge_at(window, week, kWeek).verdict == Verdict::no_go);
  week.happenings = {{"db", {kWeek - 5s, kWeek + 1min}}};
  week.checks[0].begins = -5s;
  CHECK(judge_at(window, week, kWeek).verdict == Verdict::in_progress);
  const WindowResult later = judge_at(window, week, kWeek + 6s);
  CHECK(later.verdict == Verdict::no_go);
  CHECK(later.checks[0].critical == 5s);
  week.happenings = {{"db", {kWeek - 5s, kWeek - 1s}}};
  CHECK(judge_at(window, week, kWeek).verdict == Verdict::in_progress);
  CHECK(judge_at(window, week, kWeek + 6s).verdict == Verdict::go);
}
