// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/high_water_mark.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace holdfast::whatsapp;

namespace {

constexpr double kFirstRun = 1'762'437'000;
constexpr double kDay = 86'400;

KeyCount counted(double live, double expired = 0, Due due = {}) { return {live, expired, due}; }

// As the daemon does: each run begins with what the last one kept.
struct MarkWatch {
  TimedCount last;
  Marks baseline;
  HighWaterMark count(const KeyCount& seen, double at, bool forget = true) {
    HighWaterMark mark(last, baseline);
    mark.observe(seen, at);
    if (forget) mark.forget(at);
    last = mark.last();
    baseline = mark.baseline();
    return mark;
  }
};

}  // namespace

TEST_CASE("the first count is no loss, and the second has a baseline") {
  MarkWatch watch;
  const HighWaterMark first = watch.count(counted(728), kFirstRun);
  CHECK(first.is_new());
  CHECK(first.high() == 728);
  CHECK(first.lost() == 0);
  CHECK_FALSE(watch.count(counted(728), kFirstRun + 15).is_new());
}

TEST_CASE("keys that disappear are lost, and come back when they are restored") {
  MarkWatch watch;
  watch.count(counted(728), kFirstRun);
  CHECK(watch.count(counted(488), kFirstRun + 15).lost() == 240);
  CHECK(watch.count(counted(488), kFirstRun + 30).lost() == 240);
  CHECK(watch.count(counted(700), kFirstRun + 45).lost() == 28);
  CHECK(watch.count(counted(728), kFirstRun + 60).lost() == 0);
  CHECK(watch.count(counted(740), kFirstRun + 75).high() == 740);
}

TEST_CASE("a loss does not heal by being old, until it is forgotten") {
  MarkWatch watch;
  watch.count(counted(728), kFirstRun);
  for (int hour = 1; hour < 100; ++hour)
    CHECK(watch.count(counted(488), kFirstRun + hour * 3600, false).lost() == 240);
  // Without a finding the high-water mark is that of the last day.
  CHECK(watch.count(counted(488), kFirstRun + 100 * 3600).lost() == 0);
}

TEST_CASE("keys that reach their date are not lost") {
  struct Row {
    const char* what;
    KeyCount before, after;
    double later;
    double lost;
  };
  const Due hundred_soon{0, 100, 100, 100, 100, 728};
  const Row rows[] = {
      {"expired and still there", counted(728), counted(548, 180), 15, 0},
      {"expired as foreseen and cleaned up", counted(728, 0, hundred_soon), counted(628), 300, 0},
      {"foreseen later than now", counted(728, 0, hundred_soon), counted(628), 30, 100},
      {"more disappear than were due", counted(728, 0, hundred_soon), counted(500), 300, 128},
      {"expired ones cleaned up is no loss", counted(728, 90), counted(728, 0), 15, 0},
      {"due, but renewed in time", counted(728, 0, hundred_soon), counted(728), 300, 0},
      {"Holdfast was away for a month", counted(728, 0, hundred_soon), counted(0), 30 * kDay, 0},
      {"without dates nothing expires", counted(728), counted(0), 30 * kDay, 728},
      {"the server's clock went back", counted(728, 0, hundred_soon), counted(628), -3600, 100},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    MarkWatch watch;
    watch.count(row.before, kFirstRun);
    CHECK(watch.count(row.after, kFirstRun + row.later, false).lost() == row.lost);
  }
}

TEST_CASE("expiry from day to day with new keys coming in never adds up to a loss") {
  MarkWatch watch;
  Due due{2, 20, 100, 100, 100, 728};
  for (int i = 0; i < 2000; ++i) {
    const HighWaterMark mark = watch.count(counted(728 - (i % 3), 0, due), kFirstRun + i * 300);
    CHECK(mark.lost() <= 2);
    CHECK(mark.high() <= 730);
  }
}

TEST_CASE("after an accepted loss the next count is the new baseline") {
  MarkWatch watch;
  watch.count(counted(728), kFirstRun);
  watch.count(counted(488), kFirstRun + 15, false);
  watch.baseline = {};  // What `baseline accept` does.
  const HighWaterMark accepted = watch.count(counted(488), kFirstRun + 30);
  CHECK(accepted.is_new());
  CHECK(accepted.high() == 488);
  CHECK(watch.count(counted(400), kFirstRun + 45).lost() == 88);
}

TEST_CASE("over random lives of keys, the high water holds its promises") {
  std::mt19937 random(20251106);
  const auto up_to = [&](int n) {
    return static_cast<double>(random() % static_cast<unsigned>(n + 1));
  };
  for (int life = 0; life < 200; ++life) {
    MarkWatch watch;
    double live = up_to(2000), expired = 0, at = kFirstRun, foreseen = up_to(50);
    watch.count(counted(live, 0, {foreseen, foreseen, foreseen, foreseen, foreseen, foreseen}), at);
    double high = live, disappeared = 0;
    for (int step = 0; step < 60; ++step) {
      at += 15;
      const double expires = std::min(live, up_to(static_cast<int>(foreseen)));
      const bool is_clean = random() % 2 == 0;
      const double disappears = random() % 10 == 0 ? up_to(static_cast<int>(live - expires)) : 0;
      live -= expires + disappears;
      expired = is_clean ? 0 : expired + expires;
      disappeared += disappears;
      high -= expires;
      foreseen = up_to(50);
      const HighWaterMark mark = watch.count(
          counted(live, expired, {foreseen, foreseen, foreseen, foreseen, foreseen, foreseen}), at,
          false);
      CHECK(mark.high() >= live);
      CHECK(mark.lost() <= disappeared);  // Expiry is never called a loss …
      CHECK(mark.high() <= high + 0.0 + disappeared);
      // … and at most what was due in a step hides behind it.
      CHECK(mark.lost() >= disappeared - 50.0 * (step + 1));
      CHECK(watch.baseline.marks.size() <= 25);
    }
  }
}
