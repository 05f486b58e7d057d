// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <set>

#include "exporter/report/delivery.h"

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

constexpr const char* kZone = "Europe/Berlin";  // Has days of 23 and 25 hours.

WallTime at_utc(int year, unsigned month, unsigned day, std::chrono::minutes time) {
  return std::chrono::sys_days(std::chrono::year(year) / static_cast<int>(month) /
                               static_cast<int>(day)) +
         time;
}

std::vector<ReportConfig> one_report(std::chrono::minutes at = 9h) {
  ReportTarget target{.way = ReportTarget::Way::webhook, .url = Secret::from_value("https://h/x")};
  target.place = "4711";
  return {{.at = at, .window = "phase-0", .to = {target}}};
}

DeliveryMarks known_since(const std::vector<ReportConfig>& reports, WallTime since) {
  DeliveryMarks state;
  note_new_reports(reports, state, since);
  return state;
}

/// Every report that is sent when deliveries are checked each minute from `from` to `to`.
std::vector<std::string> days_sent(const std::vector<ReportConfig>& reports, DeliveryMarks state,
                                   WallTime from, WallTime to) {
  std::vector<std::string> out;
  for (WallTime now = from; now < to; now += 1min)
    for (const Delivery& delivery : plan_deliveries(reports, kZone, state, now)) {
      if (delivery.next_try > now) continue;
      out.push_back(delivery.day);
      note_success(delivery, state);
    }
  return out;
}

}  // namespace

TEST_CASE("a report is due at its hour of the local day, once") {
  const auto reports = one_report();
  DeliveryMarks state = known_since(reports, at_utc(2026, 11, 20, 0min));
  const WallTime due = at_utc(2026, 11, 20, 8h);  // 09:00 in Berlin.
  const auto before = plan_deliveries(reports, kZone, state, due - 1s);
  REQUIRE(before.size() == 1);
  CHECK(before[0].next_try == due);
  const auto now = plan_deliveries(reports, kZone, state, due);
  CHECK(now[0].day == "2026-11-20");
  CHECK(now[0].next_try == due);
  note_success(now[0], state);
  CHECK(plan_deliveries(reports, kZone, state, due + 1s)[0].day == "2026-11-21");
}

TEST_CASE("days of 23 and of 25 hours have one report each, whatever its hour") {
  for (const auto hour : {0min, 120min, 150min, 180min, 540min, 1439min}) {
    CAPTURE(hour.count());
    const auto reports = one_report(hour);
    const auto spring = days_sent(reports, known_since(reports, at_utc(2026, 3, 27, 12h)),
                                  at_utc(2026, 3, 27, 12h), at_utc(2026, 3, 31, 12h));
    CHECK(spring.size() == 4);
    CHECK(std::set(spring.begin(), spring.end()).size() == 4);
    const auto autumn = days_sent(reports, known_since(reports, at_utc(2026, 10, 23, 12h)),
                                  at_utc(2026, 10, 23, 12h), at_utc(2026, 10, 27, 12h));
    CHECK(autumn.size() == 4);
    CHECK(std::set(autumn.begin(), autumn.end()).size() == 4);
  }
}

TEST_CASE("a delivery missed during downtime is sent for a day, and not later") {
  const auto reports = one_report();
  const DeliveryMarks state = known_since(reports, at_utc(2026, 11, 1, 0min));
  const auto late = plan_deliveries(reports, kZone, state, at_utc(2026, 11, 21, 7h));
  CHECK(late[0].day == "2026-11-20");
  CHECK(late[0].next_try <= at_utc(2026, 11, 21, 7h));
  // Five days of silence make up one report, the last.
  const auto sent = days_sent(reports, state, at_utc(2026, 11, 25, 10h), at_utc(2026, 11, 25, 11h));
  CHECK(sent == std::vector<std::string>{"2026-11-25"});
}

TEST_CASE("a new report waits for its next time of day") {
  const auto reports = one_report();
  const WallTime now = at_utc(2026, 11, 20, 12h);
  const auto planned = plan_deliveries(reports, kZone, known_since(reports, now), now);
  CHECK(planned[0].day == "2026-11-21");
  CHECK(planned[0].next_try > now);
}

TEST_CASE("a failed delivery is retried with growing pauses for a day") {
  const auto reports = one_report();
  DeliveryMarks state = known_since(reports, at_utc(2026, 11, 20, 0min));
  const WallTime due = at_utc(2026, 11, 20, 8h);
  std::vector<Duration> pauses;
  int tries = 0;
  WallTime last = due;
  for (WallTime now = due; now < due + 24h; now += 1min) {
    const auto planned = plan_deliveries(reports, kZone, state, now);
    if (planned.empty() || planned[0].next_try > now) continue;
    ++tries;
    pauses.push_back(now - last);
    last = now;
    note_attempt(planned[0], state);
    note_failure(planned[0], state, now);
  }
  CHECK(tries == 29);  // Seven in the first 63 minutes, then one an hour.
  CHECK(pauses[1] == 1min);
  CHECK(pauses[2] == 2min);
  CHECK(pauses.back() == 1h);
  CHECK(plan_deliveries(reports, kZone, state, due + 24h + 1min)[0].day == "2026-11-21");
}

TEST_CASE("a delivery interrupted by a crash is marked, a failed one is not") {
  const auto reports = one_report();
  DeliveryMarks state = known_since(reports, at_utc(2026, 11, 20, 0min));
  const WallTime now = at_utc(2026, 11, 20, 9h);
  const Delivery delivery = plan_deliveries(reports, kZone, state, now)[0];
  CHECK_FALSE(delivery.was_being_sent);
  note_attempt(delivery, state);
  CHECK(plan_deliveries(reports, kZone, state, now)[0].was_being_sent);
  note_failure(delivery, state, now);
  CHECK_FALSE(plan_deliveries(reports, kZone, state, now + 2min)[0].was_being_sent);
}

TEST_CASE("a clock set back sends no day twice") {
  const auto reports = one_report();
  DeliveryMarks state = known_since(reports, at_utc(2026, 11, 1, 0min));
  const WallTime now = at_utc(2026, 11, 20, 9h);
  note_success(plan_deliveries(reports, kZone, state, now)[0], state);
  for (const Delivery& delivery : plan_deliveries(reports, kZone, state, now - 30h))
    CHECK(delivery.next_try > now);
}

TEST_CASE("the marks hold no secret") {
  const auto reports = one_report();
  const DeliveryMarks state = known_since(reports, at_utc(2026, 11, 20, 0min));
  REQUIRE_FALSE(state.empty());
  CHECK(encode_marks(state).find("https") == std::string::npos);
}

TEST_CASE("marks survive encoding, and garbage is ignored") {
  const auto reports = one_report();
  DeliveryMarks state = known_since(reports, at_utc(2026, 11, 20, 0min));
  const Delivery delivery = plan_deliveries(reports, kZone, state, at_utc(2026, 11, 20, 9h))[0];
  note_attempt(delivery, state);
  note_failure(delivery, state, at_utc(2026, 11, 20, 9h));
  CHECK(decode_marks(encode_marks(state)) == state);
  for (const char* text : {"", "key\tt\n", "[]", "{", "7", R"({"a": 1})",
                           R"({"a": {"since": "x"}})", R"({"a": {"done": 1e999}})"})
    CHECK(decode_marks(text).empty());
}
