// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/timetable.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

using TimePoint = Timetable::TimePoint;
const TimePoint kStart{10h};

Timetable::Times every(Duration interval) { return {interval, 5s}; }

// Steps to the next thing due and takes it.
std::pair<TimePoint, std::vector<Timetable::Due>> step(Timetable& table) {
  const TimePoint at = table.next_due().value();
  return {at, table.take_due(at)};
}

// Takes the next start and ends it at once.
TimePoint run_next(Timetable& table, bool needs_retry = false) {
  const auto [at, due] = step(table);
  for (const auto& one : due) {
    if (one.start) table.finished(one.name, at, needs_retry);
  }
  return at;
}

}  // namespace

TEST_CASE("a thousand first runs begin within five seconds, spread") {
  Timetable table;
  for (int i = 0; i < 1000; ++i) table.add("check-" + std::to_string(i), every(60s), kStart);
  std::vector<int> per_second(5, 0);
  for (int i = 0; i < 1000; ++i) {
    const auto at = run_next(table) - kStart;
    REQUIRE(at >= 0s);
    REQUIRE(at < 5s);
    ++per_second.at(static_cast<std::size_t>(at / 1s));
  }
  CHECK(*std::ranges::min_element(per_second) > 100);
  CHECK(*std::ranges::max_element(per_second) < 300);
}

TEST_CASE("after its first run a check follows its grid, spread over the interval") {
  Timetable table;
  std::vector<int> per_quarter(4, 0);
  for (int i = 0; i < 400; ++i) {
    Timetable one;
    one.add("check-" + std::to_string(i), every(60s), kStart);
    const TimePoint first = run_next(one);
    const TimePoint second = run_next(one);
    const TimePoint third = run_next(one);
    CHECK(second - first >= 30s);
    CHECK(second - first <= 90s);
    CHECK(third - second == 60s);
    ++per_quarter.at(static_cast<std::size_t>(second.time_since_epoch() % 60s / 15s));
  }
  CHECK(*std::ranges::min_element(per_quarter) > 50);
}

TEST_CASE("a restart does not move a check on its grid") {
  Timetable before;
  Timetable after;
  before.add("a", every(60s), kStart);
  after.add("a", every(60s), kStart + 7s + 300ms);
  run_next(before);
  run_next(after);
  const auto apart = run_next(after) - run_next(before);
  CHECK(apart % 60s == 0s);
}

TEST_CASE("a check does not overlap itself, and each grid point it sleeps through is missed") {
  Timetable table;
  table.add("a", every(10s), kStart);
  run_next(table);
  const TimePoint started = table.next_due().value();
  REQUIRE(table.take_due(started).at(0).start);
  std::uint64_t missed = 0;
  for (int i = 0; i < 3; ++i) {
    for (const auto& due : step(table).second) {
      CHECK_FALSE(due.start);
      missed += due.missed;
    }
  }
  CHECK(missed == 3);
  table.finished("a", started + 31s, false);
  CHECK(run_next(table) == started + 40s);
}

TEST_CASE("a bad reading is looked at again after the retry interval, then on the grid") {
  Timetable table;
  table.add("a", every(60s), kStart);
  run_next(table);
  const TimePoint grid = run_next(table, true);
  CHECK(run_next(table, true) == grid + 5s);
  CHECK(run_next(table, false) == grid + 10s);
  CHECK(run_next(table) == grid + 60s);
}

TEST_CASE("a retry that would come after the next run is no retry") {
  Timetable table;
  table.add("a", {2s, 5s}, kStart);
  run_next(table);
  const TimePoint grid = run_next(table, true);
  CHECK(run_next(table) == grid + 2s);
}

TEST_CASE("a pulled run starts at once, and a running check is not pulled again") {
  Timetable table;
  table.add("a", every(60s), kStart);
  const TimePoint first = run_next(table);
  CHECK(table.pull("a", first + 20s));
  CHECK(table.next_due() == first + 20s);
  const auto due = table.take_due(first + 20s);
  REQUIRE(due.size() == 1);
  CHECK_FALSE(table.pull("a", first + 50s));  // It runs already: whoever asks joins it.
  table.finished("a", first + 50s, false);
  const auto next = table.next_due().value() - first;
  CHECK(next >= 50s);
  CHECK(next <= 110s);
}

TEST_CASE("after a pause checks start spread and once, and the missed runs are counted") {
  Timetable table;
  for (int i = 0; i < 100; ++i) table.add("check-" + std::to_string(i), every(10s), kStart);
  while (table.next_due() < kStart + 30s) run_next(table);
  const TimePoint woken = kStart + 30s + 1h;
  std::uint64_t missed = 0;
  for (const auto& due : table.take_due(woken)) {
    CHECK_FALSE(due.start);
    missed += due.missed;
  }
  CHECK(missed >= 100 * 359);
  int starts = 0;
  while (table.next_due() < woken + 5s) {
    const TimePoint at = table.next_due().value();
    for (const auto& due : table.take_due(at)) {
      CHECK(due.start);
      ++starts;
      table.finished(due.name, at, false);
    }
  }
  CHECK(starts >= 100);
  CHECK(starts <= 150);
}

TEST_CASE("a machine so slow that everything is late still runs everything") {
  Timetable table;
  table.add("a", every(1s), kStart);
  int starts = 0;
  for (int turn = 1; turn <= 20; ++turn) {
    const TimePoint at = kStart + turn * 3s;
    for (const auto& due : table.take_due(at)) {
      if (!due.start) continue;
      ++starts;
      table.finished("a", at, false);
    }
  }
  CHECK(starts >= 9);
}

TEST_CASE("a new configuration keeps the phase of what did not change") {
  Timetable table;
  table.add("same", every(60s), kStart);
  table.add("other", every(60s), kStart);
  while (table.next_due() < kStart + 5s) run_next(table);
  const auto before = table.next_due();
  table.add("same", every(60s), kStart + 20s);
  table.add("other", every(60s), kStart + 20s);
  CHECK(table.next_due() == before);
  table.add("other", every(30s), kStart + 20s);
  CHECK(table.next_due() < kStart + 25s);
}

TEST_CASE("a removed check is gone, and one that comes back waits for its old self") {
  Timetable table;
  table.add("a", every(10s), kStart);
  REQUIRE(step(table).second.at(0).start);
  table.remove("a");
  CHECK_FALSE(table.contains("a"));
  CHECK_FALSE(table.next_due().has_value());
  table.add("a", every(10s), kStart + 6s);
  CHECK_FALSE(step(table).second.at(0).start);
  table.finished("a", kStart + 20s, false);
  CHECK(step(table).second.at(0).start);
}
