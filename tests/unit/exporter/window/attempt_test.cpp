// SPDX-License-Identifier: Apache-2.0
// One attempt at a window on evidence written by hand: its numbers, its end, and its evidence.
#include <doctest/doctest.h>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

TEST_CASE("an attempt has its name, span, day and the time it was judged to") {
  WindowConfig window = short_window({"db"});
  window.length = 49h;
  const auto judged = [&](Duration now) {
    return judge_by_hand(window, now, {evidence_of("db", {{0s, now}})});
  };
  const WindowResult first = judged(0s);
  CHECK(first.name == "short");
  CHECK(first.verdict == Verdict::in_progress);
  CHECK(first.span == span_of(0s, 49h));
  CHECK(first.judged_at == kStart);
  CHECK(first.day == 1);
  CHECK(first.days == 3);
  CHECK(judged(24h - 1s).day == 1);
  CHECK(judged(24h).day == 2);
  CHECK(judged(24h).judged_at == kStart + 24h);
  CHECK(judged(24h).what_next == "No action is needed: the window ends in 25 h.");
  CHECK(judged(100h).day == 3);
  CHECK(judged(100h).judged_at == kStart + 49h);
}

TEST_CASE("a pending window needs nothing, and the states of its criteria are open") {
  const Evidence nothing = evidence_until(0s, {});
  const WindowResult result = judge_window(short_window({"db"}), kStart + 1ns, nothing, kStart);
  CHECK(result.verdict == Verdict::pending);
  CHECK(result.day == 0);
  CHECK(result.what_next == "No action is needed until then.");
}

TEST_CASE("what began before the end is confirmed or cleared within an hour after it") {
  // The last reading is bad, and nothing follows it.
  const auto verdict_at = [](Duration bad_from, Duration now) {
    const CheckEvidence pool = evidence_of("pool", {{0s, 1010s}});
    Evidence evidence = evidence_until(
        1010s, {pool, evidence_of("db", {{0s, bad_from},
                                         {bad_from, 1010s, Status::critical, Status::ok}})});
    return judge_window(short_window({"pool", "db"}), kStart, evidence, kStart + now);
  };
  const WindowResult open = verdict_at(990s, 1010s);
  CHECK(open.verdict == Verdict::in_progress);
  CHECK(open.why ==
        "The window has ended; the last readings before its end are not confirmed yet.");
  CHECK(open.what_next == "Check again in a few minutes.");
  CHECK(verdict_at(990s, 1000s + 1h - 1ns).verdict == Verdict::in_progress);
  CHECK(verdict_at(990s, 1000s + 1h).verdict == Verdict::go);
  CHECK(verdict_at(1000s - 1ns, 1010s).verdict == Verdict::in_progress);
  CHECK(verdict_at(1000s, 1010s).verdict == Verdict::go);
}

TEST_CASE("evidence later than the moment of judgement is not known yet") {
  CheckEvidence db = evidence_of("db", {{0s, 990s},
                                        {990s, 1000s, Status::critical, Status::ok},
                                        {1000s, 1020s, Status::critical},
                                        {1020s, 1100s}});
  db.incidents = {incident_of(Severity::critical, 990s, 1000s)};
  const Evidence evidence = evidence_until(1100s, {db});
  const auto verdict_at = [&](Duration now) {
    return judge_window(short_window({"db"}), kStart, evidence, kStart + now).verdict;
  };
  CHECK(verdict_at(985s) == Verdict::in_progress);
  CHECK(verdict_at(1100s) == Verdict::no_go);
  db.incidents.clear();
  CHECK(judge_window(short_window({"db"}), kStart, evidence_until(1100s, {db}), kStart + 1000s)
            .verdict == Verdict::in_progress);
}

TEST_CASE("a window needs evidence for an hour after its end, or as long as it restarts") {
  WindowConfig window = short_window({"db"});
  const auto range_at = [&](Duration now) { return evidence_range(window, kStart, kStart + now); };
  CHECK(range_at(-5s) == span_of(0s, 0s));
  CHECK(range_at(500s) == span_of(0s, 500s));
  CHECK(range_at(4600s) == span_of(0s, 4600s));
  CHECK(range_at(4601s) == span_of(0s, 4600s));
  window.on_no_go = "restart";
  CHECK(range_at(-5s) == span_of(0s, 0s));
  CHECK(range_at(9999s) == span_of(0s, 9999s));
}

TEST_CASE("verdicts, states and criteria have names") {
  CHECK(name_of(Verdict::pending) == "pending");
  CHECK(name_of(Verdict::in_progress) == "in_progress");
  CHECK(name_of(Verdict::go) == "go");
  CHECK(name_of(Verdict::no_go) == "no_go");
  CHECK(name_of(Verdict::inconclusive) == "inconclusive");
  CHECK(name_of(CriterionState::open) == "open");
  CHECK(word_of(CriterionState::met) == "met");
  CHECK(word_of(CriterionState::open) == "pending");
  CHECK(word_of(CriterionState::failed) == "failed");
  CriterionResult criterion;
  for (const auto& [name, title] : {std::pair{"critical", "critical time"},
                                    {"warning", "warning time"},
                                    {"coverage", "coverage"}}) {
    criterion.criterion = name;
    CHECK(title_of(criterion) == title);
  }
}
