// SPDX-License-Identifier: Apache-2.0
// The hours of a high-water mark: how long it is kept, and that few are.
#include <doctest/doctest.h>

#include <array>

#include "checks/whatsapp/high_water_mark.h"

using namespace holdfast::whatsapp;

namespace {

constexpr double kFullHour = 489'566 * 3600.0;
constexpr double kHourLong = 3600;

}  // namespace

TEST_CASE("a mark is forgotten after the 24 hours that follow its own") {
  HighWaterMark mark;
  const auto lost = [&](double live, double after) {
    mark.observe({live}, kFullHour + after);
    mark.forget(kFullHour + after);
    return mark.lost();
  };
  CHECK(lost(728, 0) == 0);
  CHECK(lost(488, 15) == 240);
  CHECK(lost(488, 25 * kHourLong - 1) == 240);
  CHECK(lost(488, 25 * kHourLong) == 0);
}

TEST_CASE("keys written after others expired raise the mark, one at a time too") {
  HighWaterMark mark;
  const auto lost = [&](const KeyCount& count, double after) {
    mark.observe(count, kFullHour + after);
    return mark.lost();
  };
  CHECK(lost({728}, 0) == 0);
  CHECK(lost({727, 1}, 15) == 0);  // One key expired, and is still there.
  CHECK(lost({548, 180}, 30) == 0);
  CHECK(lost({700, 180}, 45) == 0);
  CHECK(lost({650, 180}, 60) == 50);  // The expired ones stay: others disappeared.
  CHECK(lost({650, 0}, 75) == 50);
}

TEST_CASE("without a new count, forgetting leaves the last one as the mark") {
  HighWaterMark mark;
  mark.observe({728}, kFullHour);
  mark.observe({700, 28}, kFullHour + 15);
  mark.forget(kFullHour + 48 * kHourLong);
  CHECK(mark.high() == 700);
  mark.observe({690, 28}, kFullHour + 48 * kHourLong);
  CHECK(mark.lost() == 10);
}

TEST_CASE("there is one mark an hour at most, and only where the counts fell since") {
  HighWaterMark mark;
  for (int run = 0; run < 3000; ++run)
    mark.observe({2000.0 - run / 2 + run % 3},
                 kFullHour + run * 100);  // NOLINT(*-integer-division)
  const auto& marks = mark.baseline().marks;
  CHECK(marks.size() > 80);
  for (std::size_t i = 1; i < marks.size(); ++i) {
    CHECK(marks[i].hour > marks[i - 1].hour);
    CHECK(marks[i].height < marks[i - 1].height);
  }
  HighWaterMark level;  // A loss that lasts: nothing is forgotten.
  level.observe({2000}, kFullHour);
  for (int hour = 1; hour < 100; ++hour) level.observe({488}, kFullHour + hour * kHourLong);
  CHECK(level.baseline().marks.size() == 2);
  CHECK(level.lost() == 1512);
}

TEST_CASE("counts add up in each of their numbers, and nowhere else") {
  std::array<KeyCount, 3> counts{{{1, 2, {1, 2, 3, 4, 5, 6}},
                                  {10, 20, {10, 20, 30, 40, 50, 60}},
                                  {100, 200, {100, 200, 300, 400, 500, 600}}}};
  const KeyCount second = counts[1];
  counts[0] += counts[1];
  CHECK(counts[0] == KeyCount{11, 22, {11, 22, 33, 44, 55, 66}});
  CHECK(counts[1] == second);
}
