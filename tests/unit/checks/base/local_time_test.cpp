// SPDX-License-Identifier: Apache-2.0
#include "checks/base/local_time.h"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

LocalTime local(year_month_day day, std::chrono::seconds of_day) {
  return local_days(day) + of_day;
}
sys_seconds utc(year_month_day day, std::chrono::seconds of_day) { return sys_days(day) + of_day; }

}  // namespace

TEST_CASE("an instant is shown in the local time of a zone") {
  const auto at = utc(2025y / November / 6, 13h + 56min);
  CHECK(local_time_at(at, "Europe/Moscow") == local(2025y / November / 6, 16h + 56min));
  CHECK(local_time_at(at, "Asia/Kolkata") == local(2025y / November / 6, 19h + 26min));
  CHECK(local_time_at(at, "UTC") == local(2025y / November / 6, 13h + 56min));
  CHECK(local_time_at(at + 999ms, "UTC") == local(2025y / November / 6, 13h + 56min));
  CHECK(local_time_at(utc(2025y / November / 6, 22h), "Europe/Moscow") ==
        local(2025y / November / 7, 1h));
  CHECK(local_time_at(sys_seconds(-1s), "UTC") == local(1969y / December / 31, 24h - 1s));
}

TEST_CASE("instant_of inverts local_time_at") {
  for (const std::string zone : {"Europe/Moscow", "America/New_York", "UTC", ""}) {
    CAPTURE(zone);
    const auto at = utc(2025y / July / 6, 13h + 56min + 7s);
    CHECK(instant_of(local_time_at(at, zone), zone) == at);
  }
}

TEST_CASE("when clocks change, each local time still has one instant") {
  const std::string berlin = "Europe/Berlin";
  // In spring 02:30 is skipped: the moment of the change counts.
  CHECK(instant_of(local(2026y / March / 29, 2h + 30min), berlin) == utc(2026y / March / 29, 1h));
  CHECK(instant_of(local(2026y / March / 29, 9h), berlin) == utc(2026y / March / 29, 7h));
  CHECK(instant_of(local(2026y / March / 28, 9h), berlin) == utc(2026y / March / 28, 8h));
  // In autumn 02:30 occurs twice: the first counts.
  CHECK(instant_of(local(2026y / October / 25, 2h + 30min), berlin) ==
        utc(2026y / October / 25, 30min));
  CHECK(local_time_at(utc(2026y / October / 25, 30min), berlin) ==
        local_time_at(utc(2026y / October / 25, 1h + 30min), berlin));
  CHECK(instant_of(local(2026y / October / 25, 9h), berlin) == utc(2026y / October / 25, 8h));
  // The rules apply to future years too.
  CHECK(instant_of(local(2055y / July / 1, 9h), berlin) == utc(2055y / July / 1, 7h));
}

TEST_CASE("an unknown time zone is recognized") {
  CHECK(is_time_zone("Europe/Moscow"));
  CHECK(is_time_zone("UTC"));
  CHECK(is_time_zone(""));
  CHECK_FALSE(is_time_zone("Europe/Nowhere"));
  CHECK_FALSE(is_time_zone("moscow time"));
  const auto at = utc(2025y / November / 6, 13h);
  CHECK(local_time_at(at, "Europe/Nowhere") == local(2025y / November / 6, 13h));
}
