// SPDX-License-Identifier: Apache-2.0
// Windows that restart after no_go, on evidence written by hand.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

WindowConfig restarting(std::vector<std::string> checks, Criteria criteria = {}) {
  WindowConfig out = short_window(std::move(checks), std::move(criteria));
  out.on_no_go = "restart";
  return out;
}

// When each attempt began, in seconds after the start, the current one last.
std::vector<long> begins_of(const WindowResult& result) {
  std::vector<long> out;
  for (const WindowResult& earlier : result.earlier)
    out.push_back((earlier.span.begin - kStart) / 1s);
  out.push_back((result.span.begin - kStart) / 1s);
  return out;
}

using Begins = std::vector<long>;

// Critical for 1 s in every 10 s.
CheckEvidence failing_every_10s(int times) {
  std::vector<Readings> all;
  for (int i = 0; i < times; ++i) {
    all.push_back({i * 10s, i * 10s + 5s});
    all.push_back({i * 10s + 5s, i * 10s + 6s, Status::critical});
    all.push_back({i * 10s + 6s, i * 10s + 10s});
  }
  return evidence_of("db", all);
}

}  // namespace

TEST_CASE("a window restarts when the incident has closed, and not before") {
  const auto judged = [](const std::vector<Readings>& readings, Duration now) {
    return judge_by_hand(restarting({"db"}), now, {evidence_of("db", readings)});
  };
  const WindowResult open = judged({{0s, 20s}, {20s, 40s, Status::critical}}, 40s);
  CHECK(open.verdict == Verdict::no_go);
  CHECK(open.earlier.empty());
  CHECK(open.what_next ==
        "Fix the cause: the window restarts automatically when the incident has closed.");
  const std::vector<Readings> all{{0s, 20s},
                                  {20s, 40s, Status::critical},
                                  {40s, 50s, Status::ok, Status::critical},
                                  {50s, 70s}};
  CHECK(judged(all, 50s).verdict == Verdict::no_go);
  const WindowResult closed = judged(all, 60s);
  CHECK(closed.verdict == Verdict::in_progress);
  CHECK(begins_of(closed) == Begins{0, 40});
  CHECK(closed.earlier_left_out == 0);
  CHECK(closed.span == span_of(40s, 1040s));
  CHECK(closed.judged_at == kStart + 60s);
  const WindowResult& earlier = closed.earlier[0];
  CHECK(earlier.verdict == Verdict::no_go);
  CHECK(earlier.judged_at == kStart + 40s);
  CHECK(earlier.checks[0].critical == 20s);
}

TEST_CASE("a window restarts at the very moment at which the host is up again") {
  Evidence evidence = evidence_until(30s, {evidence_of("services", {{0s, 20s}}, "pm2")});
  evidence.gaps = {{span_of(20s, 30s), GapCause::host_down}};
  const WindowResult result = judge_by_hand(restarting({"services"}), evidence);
  CHECK(result.verdict == Verdict::in_progress);
  CHECK(begins_of(result) == Begins{0, 30});
  CHECK(result.day == 1);
}

TEST_CASE("a restart waits for all incidents that overlap, wherever they are listed") {
  const CheckEvidence first =
      evidence_of("first", {{0s, 20s}, {20s, 40s, Status::critical}, {40s, 90s}});
  const CheckEvidence second =
      evidence_of("second", {{0s, 30s}, {30s, 60s, Status::critical}, {60s, 90s}});
  for (const auto& names : {std::vector<std::string>{"first", "second"}, {"second", "first"}}) {
    CAPTURE(names[0]);
    const WindowResult result = judge_by_hand(restarting(names), 90s, {first, second});
    CHECK(result.verdict == Verdict::in_progress);
    CHECK(begins_of(result) == Begins{0, 60});
  }
}

TEST_CASE("a window that failed by warnings restarts when they have ended") {
  Criteria criteria;
  criteria.warning = 0s;
  const std::vector<Readings> readings{
      {0s, 10s}, {10s, 20s, Status::warning}, {20s, 60s}, {60s, 70s, Status::critical}, {70s, 90s}};
  const WindowResult result =
      judge_by_hand(restarting({"db"}, criteria), 90s, {evidence_of("db", readings)});
  CHECK(result.verdict == Verdict::in_progress);
  CHECK(begins_of(result) == Begins{0, 20, 70});
  const std::vector<Readings> warned{{0s, 10s}, {10s, 20s, Status::warning}, {20s, 90s}};
  CHECK(begins_of(judge_by_hand(restarting({"db"}, criteria), 90s, {evidence_of("db", warned)})) ==
        Begins{0, 20});
  // An incident that was critical and is still a warning has failed the window by its critical
  // time.
  const std::vector<Readings> fading{
      {0s, 60s}, {60s, 70s, Status::critical}, {70s, 80s, Status::warning}, {80s, 90s}};
  criteria.warning = 1min;
  CHECK(begins_of(judge_by_hand(restarting({"db"}, criteria), 90s, {evidence_of("db", fading)})) ==
        Begins{0, 70});
}

TEST_CASE("the last twenty failed attempts are listed, and the others counted") {
  const auto attempts = [](int times) {
    return judge_by_hand(restarting({"db"}), times * 10s, {failing_every_10s(times)});
  };
  const WindowResult twenty = attempts(20);
  CHECK(twenty.earlier.size() == 20);
  CHECK(twenty.earlier_left_out == 0);
  CHECK(twenty.earlier[0].span.begin == kStart);
  const WindowResult more = attempts(22);
  CHECK(more.earlier.size() == 20);
  CHECK(more.earlier_left_out == 2);
  CHECK(more.earlier[0].span.begin == kStart + 16s);
  CHECK(more.span.begin == kStart + 216s);
}

TEST_CASE("after a thousand failed attempts a window restarts no more") {
  WindowConfig window = restarting({"db"});
  window.length = 100s;
  const WindowResult result = judge_by_hand(window, 10020s, {failing_every_10s(1002)});
  CHECK(result.verdict == Verdict::no_go);
  CHECK(result.earlier.size() + result.earlier_left_out == 1000);
  CHECK(result.span.begin == kStart + 9996s);
}
