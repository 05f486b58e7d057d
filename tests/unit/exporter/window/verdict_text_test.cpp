// SPDX-License-Identifier: Apache-2.0
// The sentences of a verdict that no week computed by hand shows.
#include <doctest/doctest.h>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

CheckEvidence outage_with(const std::vector<Finding>& findings) {
  CheckEvidence out = evidence_of("db", {{0s, 50s}, {50s, 60s, Status::critical}, {60s, 1000s}});
  out.incidents.push_back(incident_of(Severity::critical, 50s, 50s));
  out.incidents[0].findings = findings;
  return out;
}

std::string why_of(const std::vector<Finding>& findings) {
  return judge_by_hand(short_window({"db"}), 1000s, {outage_with(findings)}).why;
}

LimitChange change_of(std::string scope, Duration at) {
  return {kStart + at, std::move(scope), "latency 1 s", "latency 2 s"};
}

}  // namespace

TEST_CASE("a failure quotes the worst finding of its longest incident") {
  const std::string start = "Check db was critical for 10 s (allowed: none).";
  const Finding minor{"a", Severity::warning, "", "It is slow"};
  const Finding major{"b", Severity::critical, "", "It is down"};
  CHECK(why_of({minor, major}) == start + " It is down.");
  CHECK(why_of({{"a", Severity::critical, "", "It is down."}}) == start + " It is down.");
  CHECK(why_of({}) == start);
  CHECK(why_of({{"a", Severity::critical, "", ""}}) == start);
  CHECK(why_of({{"a", Severity::critical, "", std::string(299, 'x')}}) ==
        start + " " + std::string(299, 'x') + ".");
  CHECK(why_of({{"a", Severity::critical, "", std::string(301, 'x')}}) ==
        start + " " + std::string(297, 'x') + "…");
}

TEST_CASE("a failure names the criteria that failed besides the deciding one") {
  Criteria criteria;
  criteria.warning = 0s;
  criteria.latency = 255ms;
  criteria.ratio = 0.98;
  criteria.require = {"in-use"};
  CheckEvidence db = evidence_of(
      "db", {{0s, 50s}, {50s, 60s, Status::critical}, {60s, 90s, Status::warning}, {90s, 500s}});
  db.latency = {{span_of(0s, 1000s), {}}};
  db.latency[0].values.observe(0.256);
  Evidence evidence = evidence_until(24h, {db, evidence_of("in-use", {{0s, 24h}})});
  evidence.maintenance = {{1, span_of(100s, 20h), kStart, "deploy", "root"}};
  WindowConfig window = short_window({"db", "in-use"}, criteria);
  window.length = 24h;
  const WindowResult result = judge_by_hand(window, evidence);
  CHECK(result.verdict == Verdict::no_go);
  CHECK(result.why ==
        "Check db was critical for 10 s (allowed: none); activity is also missing; warning time is "
        "also outside its limit; latency is also outside its limit; ratios are also not measured; "
        "coverage is also below target; maintenance is also outside its limit.");
  CHECK(result.what_next == "Fix the cause, then set a new start for the window.");
}

TEST_CASE("each criterion has its sentence") {
  Criteria criteria;
  criteria.latency = 255ms;
  CheckEvidence db = evidence_of("db", {{0s, 1000s}});
  db.latency = {{span_of(0s, 1000s), {}}};
  db.latency[0].values.observe(0.256);
  CHECK(judge_by_hand(short_window({"db"}, criteria), 1000s, {db}).why ==
        "Latency is 256 ms (worst: db); required: p95 at most 255 ms.");
  Criteria warning;
  warning.warning = 5s;
  const CheckEvidence warned =
      evidence_of("db", {{0s, 50s}, {50s, 60s, Status::warning}, {60s, 1000s}});
  CHECK(judge_by_hand(short_window({"db"}, warning), 1000s, {warned}).why ==
        "Check db was in warning state for 10 s (allowed: at most 5 s per check).");
}

TEST_CASE("use that was shown does not change what to do about an outage") {
  Criteria criteria;
  criteria.require = {"db"};
  CheckEvidence db = outage_with({{"postgres_timed_out", Severity::critical, "", "No answer."}});
  db.use = {kStart + 10s};
  const WindowResult result = judge_by_hand(short_window({"db"}, criteria), 1000s, {db});
  CHECK(criterion_of(result, "activity").state == CriterionState::met);
  CHECK(result.what_next == "Fix the cause, then set a new start for the window.");
}

TEST_CASE("the progress of a window is told in days where both are whole days") {
  const auto why_after = [](Duration length, Duration now) {
    WindowConfig window = short_window({"db"});
    window.length = length;
    return judge_by_hand(window, now, {evidence_of("db", {{0s, now}})}).why;
  };
  const std::string start = "On track: all criteria within limits after ";
  CHECK(why_after(7 * 24h, 2 * 24h) == start + "2 of 7 days.");
  CHECK(why_after(7 * 24h, 50h) == start + "2 d 2 h of 7 days.");
  CHECK(why_after(26h, 24h) == start + "1 d of 26 h.");
  CHECK(why_after(26h, 26h) == "All criteria were met over 26 h.");
}

TEST_CASE("changes of limits are listed when they concern the window and lie in it") {
  WindowConfig window = short_window({"db", "pool"});
  window.length = 3 * 24h;
  const Duration now = 60h;
  Evidence evidence =
      evidence_until(now, {evidence_of("db", {{0s, now}}), evidence_of("pool", {{0s, now}})});
  evidence.changes = {change_of("check db", -1s), change_of("check pool", 0s),
                      change_of("check other", 1h), change_of("window other", 2h)};
  WindowResult result = judge_by_hand(window, evidence);
  REQUIRE(result.changes.size() == 1);
  CHECK(result.changes[0].scope == "check pool");
  CHECK(result.why ==
        "On track: all criteria within limits after 2 d 12 h of 3 days. A limit was changed on day "
        "1: check pool.");
  evidence.changes.push_back(change_of("window short", 50h));
  evidence.changes.push_back(change_of("window short", now));
  result = judge_by_hand(window, evidence);
  CHECK(result.changes.size() == 2);
  CHECK(result.why ==
        "On track: all criteria within limits after 2 d 12 h of 3 days. Limits were changed 2 "
        "times, the last on day 3: window short.");
}
