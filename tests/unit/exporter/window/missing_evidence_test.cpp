// SPDX-License-Identifier: Apache-2.0
// Criteria that fail because evidence is missing, and when it could be complete.
#include <doctest/doctest.h>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

// A check that was seen all the time but in these stretches.
CheckEvidence unseen(const std::string& name,
                     const std::vector<std::pair<Duration, Duration>>& gaps, Duration until) {
  std::vector<Readings> readings;
  Duration at{};
  for (const auto& [from, to] : gaps) {
    readings.push_back({at, from});
    at = to;
  }
  readings.push_back({at, until});
  return evidence_of(name, readings);
}

Maintenance pause_of(Duration from, Duration until) {
  return {1, span_of(from, until), kStart, "deploy", "root"};
}

// The result for one check, seen all the time, with maintenance.
WindowResult judge_paused(Duration length, Duration from, Duration until, Duration now) {
  WindowConfig window = short_window({"db"});
  window.length = length;
  Evidence evidence = evidence_until(now, {unseen("db", {}, now)});
  evidence.maintenance = {pause_of(from, until)};
  return judge_by_hand(window, evidence);
}

}  // namespace

TEST_CASE("a share is rounded down to hundredths of a percent") {
  CHECK(render_share(1) == "100 %");
  CHECK(render_share(0.999999) == "99.99 %");
  CHECK(render_share(0.99) == "99 %");
  CHECK(render_share(0.98996) == "98.99 %");
  CHECK(render_share(0.123) == "12.3 %");
  CHECK(render_share(0.1) == "10 %");
  CHECK(render_share(0) == "0 %");
}

TEST_CASE("coverage is met with exactly its share, and failed with less") {
  const auto judged = [](Duration unseen_for, Duration now = 1000s) {
    return judge_by_hand(short_window({"db"}), now,
                         {unseen("db", {{200s, 200s + unseen_for}}, now)});
  };
  CHECK(judged(100s).verdict == Verdict::go);
  CHECK(criterion_of(judged(100s), "coverage").state == CriterionState::met);
  CHECK(criterion_of(judged(100s), "coverage").wanted == "at least 90 %");
  CHECK(criterion_of(judged(100s), "coverage").found == "90 % (worst: db)");
  CHECK(criterion_of(judged(100s, 999s), "coverage").state == CriterionState::open);
  CHECK(criterion_of(judged(0s, 899s), "coverage").state == CriterionState::open);
  CHECK(criterion_of(judged(0s, 900s), "coverage").state == CriterionState::met);
  CHECK(judged(101s).verdict == Verdict::inconclusive);
  CHECK(judged(101s).why == "Coverage is 89.9 % (worst: db); at least 90 % is required.");
  CHECK(judged(101s, 500s).why ==
        "Coverage is 79.8 % (worst: db); at least 90 % is required, which this window can no "
        "longer reach.");
}

TEST_CASE("coverage reports the check that was seen least, of equals the first") {
  const auto worst_of = [](Duration a, Duration b, Duration c) {
    return criterion_of(judge_by_hand(short_window({"a", "b", "c"}), 1000s,
                                      {unseen("a", {{200s, 200s + a}}, 1000s),
                                       unseen("b", {{200s, 200s + b}}, 1000s),
                                       unseen("c", {{200s, 200s + c}}, 1000s)}),
                        "coverage");
  };
  CHECK(worst_of(0s, 0s, 0s).check == "a");
  CHECK(worst_of(10s, 20s, 20s).check == "b");
  CHECK(worst_of(10s, 20s, 20s).found == "98 % (worst: b)");
  CHECK(worst_of(10s, 20s, 30s).check == "c");
  CHECK(worst_of(0s, 101s, 0s).state == CriterionState::failed);
  CHECK(worst_of(101s, 0s, 0s).state == CriterionState::failed);
}

TEST_CASE("the losses of coverage are those that took time outside of maintenance") {
  Evidence evidence = evidence_until(
      1000s, {unseen("db", {{100s, 100s + 1ns}, {200s, 210s}, {300s, 330s}, {400s, 420s}}, 1000s)});
  evidence.gaps = {{span_of(-50s, -40s), GapCause::killed},
                   {span_of(100s, 100s + 1ns), GapCause::clock},
                   {span_of(200s, 210s), GapCause::stopped},
                   {span_of(300s, 330s), GapCause::suspended},
                   {span_of(400s, 420s), GapCause::killed}};
  evidence.maintenance = {pause_of(390s, 430s)};
  const CriterionResult coverage =
      criterion_of(judge_by_hand(short_window({"db"}), evidence), "coverage");
  REQUIRE(coverage.by.size() == 3);
  CHECK(coverage.by[0].findings[0].code == "suspended");
  CHECK(coverage.by[1].findings[0].code == "stopped");
  CHECK(coverage.by[2].findings[0].code == "clock");
}

TEST_CASE("maintenance may take exactly 5 % of the window") {
  const auto criterion_at = [](Duration length, Duration now) {
    return criterion_of(judge_paused(1000s, 100s, 100s + length, now), "maintenance");
  };
  CHECK(criterion_at(50s, 1000s).state == CriterionState::met);
  CHECK(criterion_at(50s, 1000s).wanted == "at most 50 s (5 % of the window)");
  CHECK(criterion_at(50s, 1000s).found == "50 s");
  CHECK(criterion_at(50s, 999s).state == CriterionState::open);
  CHECK(criterion_at(20s, 969s).state == CriterionState::open);
  CHECK(criterion_at(20s, 970s).state == CriterionState::met);
  CHECK(criterion_at(51s, 200s).state == CriterionState::failed);
  CHECK(judge_paused(1000s, 100s, 151s, 200s).why ==
        "Maintenance took 51 s; allowed: at most 50 s (5 % of the window).");
}

TEST_CASE("an extension is rounded up to a length that is easy to write") {
  struct Row {
    Duration length, pause, wanted;
    const char* text;
  };
  // The pause may be 5 % of the extended window. It comes last, so that a new start is no better.
  const std::vector<Row> rows{{1h, 330s + 20ms, 6601s, "110 min 1 s"},
                              {2h, 451s + 500ms, 151min, "2 h 31 min"},
                              {47h, 145min + 30s, 49h, "2 d 1 h"}};
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const WindowResult result =
        judge_paused(row.length, row.length - row.pause, row.length, row.length);
    REQUIRE(result.earliest_end);
    CHECK(*result.earliest_end - kStart == row.wanted);
    CHECK(result.what_next == std::string("Extend the window to ") + row.text +
                                  " so that its evidence can be complete.");
  }
}

TEST_CASE("a new start leaves out the maintenance that is too much") {
  // 5 % of 2 h are 360 s. Of the 452 s all but 360 s lie before a start at 192 s.
  const WindowResult result = judge_paused(2h, 100s, 552s, 600s);
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.earliest_end == kStart + 192s + 2h);
  CHECK(result.what_next ==
        "Set a new start for the window: its evidence can be complete in 113 min 12 s at the "
        "earliest.");
  // Only the time outside of maintenance must be covered, so another 100 s may be lost.
  WindowConfig window = short_window({"db"});
  window.length = 2h;
  Evidence evidence = evidence_until(700s, {unseen("db", {{600s, 700s}}, 700s)});
  evidence.maintenance = {pause_of(100s, 552s)};
  CHECK(judge_by_hand(window, evidence).earliest_end == kStart + 192s + 2h);
}

TEST_CASE("lost coverage is made up for by an extension or by a new start, whichever ends first") {
  const auto judged = [](Duration lost) {
    Evidence evidence = evidence_until(1000s, {unseen("db", {{1000s - lost, 1000s}}, 1000s)});
    evidence.maintenance = {pause_of(100s, 120s)};
    return judge_by_hand(short_window({"db"}), evidence);
  };
  // 20 s of maintenance; the other time may lack 10 %: 150 s of 1500 s.
  CHECK(judged(150s).earliest_end == kStart + 1520s);
  CHECK(judged(150s).what_next.starts_with("Extend the window to "));
  // A new start at 900 s loses 100 s of 1000 s.
  CHECK(judged(188s).earliest_end == kStart + 1900s);
  CHECK(judged(188s).what_next.starts_with("Set a new start for the window"));
  CHECK(judged(187s).earliest_end == kStart + 1890s);
  CHECK(judged(187s).what_next.starts_with("Extend the window to "));
  CHECK(judged(200s).earliest_end == kStart + 1900s);
}

TEST_CASE("an extension beyond a year is not suggested") {
  const auto judged = [](Duration lost) {
    WindowConfig window = short_window({"db"});
    window.length = 200 * 24h;
    window.go_when.coverage = 0.99;
    return judge_by_hand(window, window.length,
                         {unseen("db", {{window.length - lost, window.length}}, window.length)});
  };
  // The lost time is 1 % of the extended window. The other way ends after 398 days.
  const Duration day = 24h;
  CHECK(judged(day * 3655 / 1000).earliest_end == kStart + day * 3655 / 10);
  CHECK(judged(day * 3665 / 1000).earliest_end == kStart + 398 * day);
  // The maintenance is 5 % of the extended window: 366 days are too many, 20 s less are not.
  const Duration most = day * 183 / 10;
  const auto paused = [&](Duration pause) {
    return judge_paused(300 * day, 300 * day - pause, 300 * day, 300 * day).earliest_end;
  };
  CHECK(paused(most) == kStart + 585 * day);
  CHECK(paused(most - 1s) == kStart + 366 * day);
}

TEST_CASE("the evidence of a window that has ended may be complete by now") {
  const Duration now = 3000s;
  const WindowResult result =
      judge_by_hand(short_window({"db"}), now, {unseen("db", {{850s, 1000s}}, now)});
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.earliest_end == kStart + now);
}

TEST_CASE("no end is promised for criteria that cannot be measured") {
  Criteria all;
  all.ratio = 0.98;
  Criteria named;
  named.ratio_of["sent"] = 0.95;
  named.ratio_of["read"] = 0.5;
  const auto judged = [](const Criteria& criteria) {
    return judge_by_hand(short_window({"db"}, criteria), 500s, {unseen("db", {}, 500s)});
  };
  for (const Criteria& criteria : {all, named}) {
    const WindowResult result = judged(criteria);
    CHECK(result.verdict == Verdict::inconclusive);
    CHECK(criterion_of(result, "ratios").state == CriterionState::failed);
    CHECK(criterion_of(result, "ratios").found == "not measured by this version");
    CHECK(!result.earliest_end);
    CHECK(result.what_next == "Remove the criteria that cannot be measured.");
  }
  CHECK(criterion_of(judged(all), "ratios").wanted == "at least 98 %");
  CHECK(judged(named).why ==
        "The criteria include ratios (read at least 50 % and sent at least 95 %), which this "
        "version does not measure.");
  CHECK(!judge_by_hand(short_window({}), 500s, {}).earliest_end);
}

TEST_CASE("a new start comes after the last day without the use it needs") {
  WindowConfig window = short_window({"db", "in-use"});
  window.length = 3 * 24h;
  window.go_when.require = {"in-use"};
  CheckEvidence used = unseen("in-use", {}, 60h);
  used.use = {kStart + 25h};
  const WindowResult result = judge_by_hand(window, 60h, {unseen("db", {}, 60h), used});
  CHECK(result.verdict == Verdict::inconclusive);
  CHECK(result.earliest_end == kStart + 24h + window.length);
}
