// SPDX-License-Identifier: Apache-2.0
#include "checks/active_hours.h"

#include <doctest/doctest.h>

#include "checks/base/local_time.h"

using namespace holdfast;
using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

ActiveHours active(std::map<std::string, std::string> option,
                   const std::string& zone = "Europe/Berlin") {
  std::vector<OptionError> errors;
  const ActiveHours out = parse_active(option, "active", zone, errors);
  for (const OptionError& error : errors) FAIL_CHECK(error.option << " " << error.text);
  return out;
}

std::string fault_of(std::map<std::string, std::string> option) {
  std::vector<OptionError> errors;
  CHECK_FALSE(parse_active(option, "active", "UTC", errors).timezone.empty());
  return errors.empty() ? "" : errors[0].option + " " + errors[0].text;
}

system_clock::time_point at(year_month_day day, minutes of_day,
                            const std::string& zone = "Europe/Berlin") {
  return instant_of(local_days(day) + of_day, zone);
}

constexpr auto kFriday = 2025y / November / 7;
constexpr auto kSaturday = 2025y / November / 8;
constexpr auto kSunday = 2025y / November / 9;
constexpr auto kMonday = 2025y / November / 10;

}  // namespace

TEST_CASE("by default every hour is active") {
  CHECK(active({}).is_always());
  CHECK(active({}).covers(at(kSunday, 3h)));
  CHECK(active({}).between(at(kFriday, 0h), at(kMonday, 0h)) == 72h);
  CHECK(active({{"hours", "00:00-24:00"}, {"days", "mon-sun"}}).is_always());
}

TEST_CASE("hours are in local time, their end not included") {
  const ActiveHours day = active({{"hours", "08:00-22:00"}});
  CHECK_FALSE(day.covers(at(kFriday, 7h + 59min)));
  CHECK(day.covers(at(kFriday, 8h)));
  CHECK(day.covers(at(kFriday, 21h + 59min)));
  CHECK_FALSE(day.covers(at(kFriday, 22h)));
  CHECK(day.between(at(kFriday, 21h), at(kSaturday, 9h)) == 2h);
  CHECK(day.between(at(kFriday, 9h), at(kFriday, 8h)) == 0h);
  const ActiveHours there = active({{"hours", "08:00-22:00"}}, "Asia/Kolkata");
  CHECK_FALSE(there.covers(at(kFriday, 20h)));
}

TEST_CASE("days can be chosen; a night belongs to the day on which it begins") {
  const ActiveHours week = active({{"hours", "08:00-22:00"}, {"days", "mon-sat"}});
  CHECK(week.covers(at(kSaturday, 12h)));
  CHECK_FALSE(week.covers(at(kSunday, 12h)));
  CHECK(week.between(at(kFriday, 0h), at(kMonday, 24h)) == 3 * 14h);
  CHECK(active({{"days", "fri-mon"}}).between(at(kFriday, 0h), at(kMonday, 48h)) == 4 * 24h);
  CHECK(active({{"days", "sun,fri"}}).between(at(kFriday, 0h), at(kMonday, 0h)) == 48h);
  const ActiveHours night = active({{"hours", "22:00-06:00"}, {"days", "sat"}});
  CHECK_FALSE(night.covers(at(kSaturday, 5h)));
  CHECK(night.covers(at(kSaturday, 23h)));
  CHECK(night.covers(at(kSunday, 5h)));
  CHECK_FALSE(night.covers(at(kSunday, 6h)));
}

TEST_CASE("a day on which clocks change has 23 or 25 hours") {
  const ActiveHours all_day = active({{"hours", "00:00-12:00"}});
  CHECK(all_day.between(at(2026y / March / 29, 0h), at(2026y / March / 29, 12h)) == 11h);
  CHECK(all_day.between(at(2026y / October / 25, 0h), at(2026y / October / 25, 12h)) == 13h);
  CHECK(active({{"hours", "08:00-22:00"}})
            .between(at(2026y / March / 28, 0h), at(2026y / March / 30, 0h)) == 28h);
  // A skipped hour is not active and causes no endless loop.
  CHECK(active({{"hours", "02:15-02:45"}})
            .between(at(2026y / March / 29, 0h), at(2026y / March / 30, 0h)) == 0h);
}

TEST_CASE("an invalid time or day of the week is an error of its key") {
  for (const char* text : {"", "8-22", "08:00", "08:00-", "08:00-08:00", "08:60-09:00",
                           "08:00-24:01", "24:00-06:00", "08:00 - 22:00", "0a:00-22:00"}) {
    CAPTURE(text);
    CHECK(fault_of({{"hours", text}}) ==
          "active.hours is not two times of a day such as 08:00-22:00");
  }
  for (const char* text : {"", "mo-sa", "mon-", "mon,,tue", "monday", "mon-sat,", "1-5"}) {
    CAPTURE(text);
    CHECK(fault_of({{"days", text}}) ==
          "active.days is not days of the week such as mon-sat or mon,wed,fri");
  }
}
