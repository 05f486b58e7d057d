// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/confirmation.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

Confirmation::TimePoint minute(int n) {
  return Confirmation::TimePoint(std::chrono::hours(1) + n * std::chrono::minutes(1));
}

// One letter per reading, a minute apart: o ok, a info, w warning, c critical, u unknown by a
// finding of a complete reading, b unknown by failure, x critical by failure, f a critical fact.
Reading reading_of(char letter) {
  switch (letter) {
    case 'a':
      return finding(Severity::info);
    case 'w':
      return finding(Severity::warning);
    case 'c':
      return finding(Severity::critical);
    case 'u':
      return finding(Severity::unknown);
    case 'f':
      return finding(Severity::critical, "fake_fact");
    case 'b':
    case 'x': {
      Reading reading = failing(letter == 'b' ? Reason::garbage : Reason::refused);
      reading.findings.push_back(
          {"f", letter == 'b' ? Severity::unknown : Severity::critical, "", ""});
      return reading;
    }
    default:
      return {};
  }
}

Confirmation after(std::string_view readings, int confirm = 3) {
  Confirmation confirmation;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    confirmation.take(reading_of(readings[i]), minute(static_cast<int>(i)), confirm,
                      [](std::string_view code) { return code == "fake_fact"; });
  }
  return confirmation;
}

}  // namespace

TEST_CASE("what readings in a row confirm") {
  struct Row {
    const char* readings;
    Status want;
    int since;  // In minutes: the reading it is dated to.
    bool needs_retry;
  };
  const std::vector<Row> rows{
      {"o", Status::ok, 0, false},
      {"a", Status::ok, 0, false},      // Info never changes a status.
      {"w", Status::unknown, 0, true},  // Not confirmed, but never ok on a bad first reading.
      {"b", Status::unknown, 0, true},
      {"ow", Status::ok, 0, true},          // One lost packet is no incident.
      {"owoww", Status::ok, 0, true},       // Not in a row.
      {"owww", Status::warning, 1, false},  // Dated to the first.
      {"owowww", Status::warning, 3, false},
      {"owwwo", Status::warning, 1, false},
      {"owwwoo", Status::warning, 1, false},
      {"owwwooo", Status::ok, 3, false},  // Dated to the last bad one.
      {"owwwoowooo", Status::ok, 6, false},
      {"owwwoow", Status::warning, 1, false},  // The same incident all along.
      {"oxxx", Status::critical, 1, false},
      {"owcw", Status::warning, 1, false},  // Critical counts as warning too.
      {"owccw", Status::warning, 1, false},
      {"owccc", Status::critical, 2, false},
      {"owwwc", Status::warning, 1, true},     // Worse, and not confirmed as such.
      {"occcwww", Status::warning, 1, false},  // Better, and still one incident.
      {"obbb", Status::unknown, 1, false},
      {"ouuu", Status::unknown, 1, false},
      {"owbbw", Status::ok, 0, true},          // Readings without data do not count,
      {"owbww", Status::warning, 1, false},    // nor do they break a row.
      {"owwwbbb", Status::unknown, 4, false},  // Both are open; unknown is the worse status.
      {"occcbbb", Status::critical, 1, false},
      {"occcbbbooo", Status::ok, 6, false},
      {"occcuuu", Status::unknown, 4, false},  // A complete reading with an unknown part can clear.
      {"of", Status::critical, 1, false},      // A fact needs no second reading.
      {"f", Status::critical, 0, false},
      {"ofo", Status::critical, 1, false},
  };
  for (const Row& row : rows) {
    CAPTURE(row.readings);
    const Confirmation confirmation = after(row.readings);
    CHECK(confirmation.status() == row.want);
    CHECK(confirmation.since() == minute(row.since));
    CHECK(confirmation.needs_retry() == row.needs_retry);
  }
}

TEST_CASE("problems and unknown status are two incidents, each with its latest findings") {
  const auto incidents = after("owccwbbb").incidents();
  REQUIRE(incidents.size() == 2);
  CHECK(incidents[0].severity == Severity::warning);
  CHECK(incidents[0].since == minute(1));
  REQUIRE(incidents[0].findings.size() == 1);
  CHECK(incidents[0].findings[0].severity == Severity::warning);
  CHECK(incidents[1].severity == Severity::unknown);
  CHECK(incidents[1].since == minute(5));
}

TEST_CASE("with confirm 1 one reading opens and closes") {
  CHECK(after("oc", 1).status() == Status::critical);
  CHECK(after("oco", 1).status() == Status::ok);
  CHECK(after("oco", 1).since() == minute(1));
}

TEST_CASE("no row of readings without a complete one is ever ok") {
  for (const char* readings : {"b", "bb", "bbbb", "x", "xx", "xb", "bx", "bxbxbxb"}) {
    CAPTURE(readings);
    CHECK(after(readings).status() != Status::ok);
  }
}
