// SPDX-License-Identifier: Apache-2.0
// The criteria that evidence can fail, on evidence written by hand.
#include <doctest/doctest.h>

#include "checks/base/result.h"
#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

constexpr Duration kEnd = 1000s;

// Good to the end, except for these bad readings; each stretch has an incident record.
CheckEvidence good_but(const std::string& name, const std::vector<Readings>& bad) {
  std::vector<Readings> all;
  Duration at{};
  for (const Readings& one : bad) {
    if (at < one.from) all.push_back({at, one.from});
    all.push_back(one);
    at = one.until;
  }
  if (at < kEnd) all.push_back({at, kEnd});
  CheckEvidence out = evidence_of(name, all);
  for (const Readings& one : bad)
    out.incidents.push_back(incident_of(severity_of(one.raw), one.from, one.from));
  return out;
}

CheckEvidence critical_at(const std::string& name, const std::vector<Duration>& begins,
                          Duration length = 10s) {
  std::vector<Readings> bad;
  for (const Duration begin : begins) bad.push_back({begin, begin + length, Status::critical});
  return good_but(name, bad);
}

CheckEvidence measured(const std::string& name, std::optional<double> latency,
                       const std::string& kind = "postgres") {
  CheckEvidence out = evidence_of(name, {{0s, kEnd}}, kind);
  if (latency) {
    out.latency.push_back({span_of(0s, kEnd), {}});
    out.latency.back().values.observe(*latency);
  }
  return out;
}

CriterionResult latency_of(const Criteria& criteria, const std::vector<CheckEvidence>& checks,
                           Duration now = kEnd) {
  std::vector<std::string> names;
  for (const CheckEvidence& check : checks) names.push_back(check.check);
  return criterion_of(judge_by_hand(short_window(names, criteria), now, checks), "latency");
}

}  // namespace

TEST_CASE("the critical criterion reports the check with most time, of equals the first") {
  const auto judged = [](std::vector<CheckEvidence> checks) {
    return criterion_of(judge_by_hand(short_window({"a", "b", "c"}), kEnd, std::move(checks)),
                        "critical");
  };
  const CriterionResult none = judged({critical_at("a", {}), critical_at("b", {})});
  CHECK(none.state == CriterionState::met);
  CHECK(none.wanted == "none");
  CHECK(none.found == "0 s");
  CHECK(none.by.empty());
  CHECK(!none.failed_at);
  const CriterionResult some =
      judged({critical_at("a", {50s}), critical_at("b", {20s, 90s}), critical_at("c", {30s, 60s})});
  CHECK(some.state == CriterionState::failed);
  CHECK(some.is_evidence_against);
  CHECK(some.check == "b");
  CHECK(some.found == "20 s (worst: b)");
  CHECK(some.by.size() == 5);
  CHECK(some.by_left_out == 0);
  // Failed since the first of them failed, wherever it is listed.
  CHECK(some.failed_at == kStart + 20s);
}

TEST_CASE("the shortest incident counts") {
  const CriterionResult one = criterion_of(
      judge_by_hand(short_window({"db"}), kEnd, {critical_at("db", {50s}, 1ns)}), "critical");
  CHECK(one.state == CriterionState::failed);
  CHECK(one.by.size() == 1);
  CHECK(one.found.ends_with(" (worst: db)"));
}

TEST_CASE("the incidents of a criterion are listed by the time they take, at most twenty") {
  std::vector<Readings> bad;
  for (int i = 1; i <= 22; ++i)
    bad.push_back({i * 30s, i * 30s + (i == 7 ? 20s : 10s), Status::critical});
  Evidence evidence = evidence_until(kEnd, {good_but("db", bad)});
  evidence.checks[0].incidents.push_back(incident_of(Severity::critical, -90s, -80s));
  evidence.maintenance = {{1, span_of(60s, 70s), kStart, "deploy", "root"}};
  const CriterionResult one =
      criterion_of(judge_by_hand(short_window({"db"}), evidence), "critical");
  // Not the one before the window, and not the one in maintenance.
  CHECK(one.by.size() == 20);
  CHECK(one.by_left_out == 1);
  CHECK(one.by[0].since == kStart + 210s);
  CHECK(one.by[1].since == kStart + 30s);
  CHECK(one.by[2].since == kStart + 90s);
}

TEST_CASE("the record of a warning does not count the critical time of its incident again") {
  Criteria criteria;
  criteria.warning = 1min;
  CheckEvidence db = evidence_of("db", {{0s, 10s},
                                        {10s, 20s, Status::warning},
                                        {20s, 30s, Status::critical},
                                        {30s, 50s, Status::warning},
                                        {50s, kEnd}});
  db.incidents = {incident_of(Severity::warning, 10s, 30s),
                  incident_of(Severity::critical, 20s, 20s)};
  const WindowResult result = judge_by_hand(short_window({"db"}, criteria), kEnd, {db});
  const CriterionResult& critical = criterion_of(result, "critical");
  REQUIRE(critical.by.size() == 1);
  CHECK(critical.by[0].severity == Severity::critical);
  const CriterionResult& warning = criterion_of(result, "warning");
  CHECK(warning.wanted == "at most 1 min per check");
  CHECK(warning.found == "30 s (worst: db)");
  CHECK(warning.state == CriterionState::met);
  REQUIRE(warning.by.size() == 1);
  CHECK(warning.by[0].severity == Severity::warning);
}

TEST_CASE("critical time is within its limit as soon as the rest of the window cannot exceed it") {
  Criteria criteria;
  criteria.critical = 60s;
  const auto state_at = [&](Duration now) {
    return criterion_of(
               judge_by_hand(short_window({"db"}, criteria), now, {critical_at("db", {50s}, 30s)}),
               "critical")
        .state;
  };
  CHECK(state_at(969s) == CriterionState::open);
  CHECK(state_at(970s) == CriterionState::met);
  CHECK(state_at(kEnd) == CriterionState::met);
}

TEST_CASE("a window is not go before its end, even if nothing can fail any more") {
  Criteria criteria;
  criteria.critical = 1000s;
  const WindowResult result =
      judge_by_hand(short_window({"db"}, criteria), 990s, {evidence_of("db", {{0s, 990s}})});
  for (const CriterionResult& one : result.criteria) CHECK(one.state == CriterionState::met);
  CHECK(result.verdict == Verdict::in_progress);
}

TEST_CASE("a latency of exactly its limit is within it; the criterion is open until the end") {
  Criteria criteria;
  criteria.latency = 256ms;
  const CriterionResult good = latency_of(criteria, {measured("db", 0.256)});
  CHECK(good.state == CriterionState::met);
  CHECK(!good.is_evidence_against);
  CHECK(good.check == "db");
  CHECK(good.wanted == "p95 at most 256 ms");
  CHECK(good.found == "256 ms (worst: db)");
  CHECK(!good.failed_at);
  criteria.latency = 255ms;
  const CriterionResult slow = latency_of(criteria, {measured("db", 0.256)});
  CHECK(slow.state == CriterionState::failed);
  CHECK(slow.is_evidence_against);
  CHECK(slow.failed_at == kStart + kEnd);
  CHECK(latency_of(criteria, {measured("db", 0.256)}, 999s).state == CriterionState::open);
}

TEST_CASE("a latency that is not measured fails its criterion, but hides no slow one") {
  Criteria criteria;
  criteria.latency = 100ms;
  const CriterionResult lacks =
      latency_of(criteria, {measured("db", 0.05), measured("pool", std::nullopt)});
  CHECK(lacks.state == CriterionState::failed);
  CHECK(!lacks.is_evidence_against);
  CHECK(lacks.check == "pool");
  CHECK(lacks.found == "not measured (pool)");
  const CriterionResult slow =
      latency_of(criteria, {measured("pool", std::nullopt), measured("db", 0.256)});
  CHECK(slow.is_evidence_against);
  CHECK(slow.check == "db");
  CHECK(slow.found == "256 ms (worst: db)");
}

TEST_CASE("a check that measures no latency has no limit, unless it is named") {
  Criteria criteria;
  criteria.latency = 100ms;
  for (const char* kind : {"pm2", "nothing"}) {
    CAPTURE(kind);
    const CheckEvidence other = measured("other", std::nullopt, kind);
    CHECK(latency_of(criteria, {other, measured("db", 0.05)}).state == CriterionState::met);
    const CriterionResult alone = latency_of(criteria, {other});
    CHECK(alone.state == CriterionState::failed);
    CHECK(alone.wanted == "p95 within each check's limit");
    CHECK(alone.found == "not measured");
    Criteria named;
    named.latency_of["other"] = 100ms;
    CHECK(latency_of(named, {other}).found == "not measured (other)");
  }
}

namespace {

constexpr Duration kFourDays = 4 * 24h;

// A check of four days with a proof of use on those days, counted from 1.
CheckEvidence used_on(const std::string& name, const std::vector<int>& days,
                      const std::vector<Duration>& critical_from = {}) {
  std::vector<Readings> all;
  Duration at{};
  for (const Duration from : critical_from) {
    all.push_back({at, from});
    all.push_back({from, from + 60s, Status::critical});
    at = from + 60s;
  }
  all.push_back({at, kFourDays});
  CheckEvidence out = evidence_of(name, all, "usage");
  for (const int day : days) out.use.push_back(kStart + (day - 1) * 24h + 1h);
  for (const Duration from : critical_from)
    out.incidents.push_back(incident_of(Severity::critical, from, from));
  return out;
}

WindowResult judge_use(std::vector<std::string> required, std::vector<CheckEvidence> checks,
                       Duration now = kFourDays) {
  WindowConfig window = short_window({});
  for (const CheckEvidence& check : checks) window.checks.push_back(check.check);
  window.length = kFourDays;
  window.go_when.critical = 1h;
  window.go_when.require = std::move(required);
  return judge_by_hand(window, now, std::move(checks));
}

}  // namespace

TEST_CASE("activity reports the check that lacks most days, of equals the first") {
  const CheckEvidence other = evidence_of("other", {{0s, kFourDays}});
  const CheckEvidence all = used_on("all", {1, 2, 3, 4});
  const CheckEvidence three = used_on("three", {1, 3, 4});
  const CheckEvidence third = used_on("third", {1, 2, 4});
  const CheckEvidence one = used_on("one", {2});
  const WindowResult good = judge_use({"all"}, {other, all});
  CHECK(criterion_of(good, "activity").state == CriterionState::met);
  CHECK(criterion_of(good, "activity").wanted == "activity from all on every day");
  CHECK(criterion_of(good, "activity").found == "seen on 4 of 4 completed days (all)");
  CHECK(!criterion_of(good, "activity").is_evidence_against);
  const CriterionResult first =
      criterion_of(judge_use({"all", "three", "third"}, {three, all, third}), "activity");
  CHECK(first.state == CriterionState::failed);
  CHECK(!first.is_evidence_against);
  CHECK(first.found == "seen on 3 of 4 completed days (three)");
  const WindowResult most = judge_use({"all", "three", "one"}, {other, three, all, one});
  CHECK(criterion_of(most, "activity").check == "one");
  CHECK(criterion_of(most, "activity").found == "seen on 1 of 4 completed days (one)");
  CHECK(most.why == "No activity was recorded by check one on day 1.");
  CHECK(criterion_of(judge_use({"one"}, {one}, 47h), "activity").found ==
        "seen on 0 of 1 completed day (one)");
}

TEST_CASE("activity fails when the first required check was critical, of equals the first") {
  const CheckEvidence lacks = used_on("lacks", {1});
  const CheckEvidence later = used_on("later", {1, 2, 3, 4}, {30h});
  const CheckEvidence early = used_on("early", {1, 2, 3, 4}, {20h, 40h});
  const CheckEvidence alike = used_on("alike", {1, 2, 3, 4}, {20h});
  const CheckEvidence other = used_on("other", {}, {10h});
  const CriterionResult failed = criterion_of(
      judge_use({"lacks", "later", "early", "alike"}, {other, later, early, alike, lacks}),
      "activity");
  CHECK(failed.state == CriterionState::failed);
  CHECK(failed.is_evidence_against);
  CHECK(failed.failed_at == kStart + 20h);
  CHECK(failed.check == "early");
  CHECK(failed.found == "critical for 2 min (early)");
  CHECK(failed.by.size() == 4);
}

TEST_CASE("an outage of any reason is not wrong use, unless something else was found with it") {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    CAPTURE(i);
    CheckEvidence check = used_on("in-use", {1, 2, 3, 4}, {20h});
    Finding& finding = check.incidents[0].findings[0];
    finding.code = "usage_" + std::string(name_of(static_cast<Reason>(i)));
    CHECK(criterion_of(judge_use({"in-use"}, {check}), "activity").state == CriterionState::met);
  }
  CheckEvidence check = used_on("in-use", {1, 2, 3, 4}, {20h});
  check.incidents[0].findings = {{"usage_timed_out", Severity::critical, "", "No answer."},
                                 {"usage_idle", Severity::critical, "", "Nobody writes."}};
  CHECK(criterion_of(judge_use({"in-use"}, {check}), "activity").is_evidence_against);
  check.incidents[0].findings.clear();
  CHECK(criterion_of(judge_use({"in-use"}, {check}), "activity").is_evidence_against);
}
