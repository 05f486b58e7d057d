// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/values.h"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("durations are read with their units") {
  struct Row {
    const char* text;
    Duration want;
  };
  for (const Row& row :
       {Row{"250ms", 250ms}, Row{"15s", 15s}, Row{"5m", 5min}, Row{"7d", 168h}, Row{"0", 0s},
        Row{"0s", 0s}, Row{"1h30m", 90min}, Row{"1.5s", 1500ms}, Row{"2w", 336h}, Row{"35us", 35us},
        Row{"35µs", 35us}, Row{"3650d", 24h * 3650}}) {
    CAPTURE(row.text);
    CHECK(parse_duration(row.text).value == row.want);
  }
}

TEST_CASE("an invalid duration is reported with an example") {
  for (const char* text : {"", "15", "s", "-3s", "1 s", "15x", "1.2.3s", "inf", "nans", "1e3s",
                           "30m1h", "5m5m", "3651d", "0x1s", "+5s", "5s ", "١s"}) {
    CAPTURE(text);
    const auto parsed = parse_duration(text);
    CHECK(!parsed.value);
    CHECK(!parsed.error.empty());
  }
  CHECK(!parse_duration(std::string(100'000, '9') + "s").value);
  CHECK(!parse_duration(std::string(100'000, 'x')).value);
}

TEST_CASE("sizes, ratios and counts are read in base units") {
  CHECK(parse_size("512MiB").value == 536'870'912.0);
  CHECK(parse_size("10 GB").value == 1e10);
  CHECK(parse_size("4096").value == 4096.0);
  CHECK(parse_ratio("80%").value == doctest::Approx(0.8));
  CHECK(parse_ratio("0.8").value == doctest::Approx(0.8));
  CHECK(parse_ratio("100%").value == 1.0);
  CHECK(parse_ratio("1").value == 1.0);
  CHECK(!parse_ratio("80").value);
  CHECK(!parse_ratio("100.1%").value);
  CHECK(parse_count("728").value == 728.0);
  CHECK(!parse_count("1.5").value);
  CHECK(!parse_count("9007199254740993000").value);
  CHECK(parse_number("0.25").value == 0.25);
  CHECK(!parse_number("NaN").value);
  CHECK(!parse_number("Infinity").value);
  CHECK(parse_flag("on").value == true);
  CHECK(parse_flag("no").value == false);
  CHECK(!parse_flag("2").value);
  CHECK(parse_unit("95ms", Unit::seconds).value == doctest::Approx(0.095));
}

TEST_CASE("a timestamp needs a UTC offset") {
  using namespace std::chrono;
  const auto at = parse_instant("2025-11-06T16:56:00+03:00").value;
  REQUIRE(at);
  CHECK(*at == sys_days(2025y / November / 6) + 13h + 56min);
  CHECK(parse_instant("2025-11-06T13:56:00Z").value == at);
  for (const char* text : {"", "now", "2025-11-06", "2025-11-06T16:56:00", "2025-02-30T00:00:00Z",
                           "2025-11-06T24:00:00Z", "2025-11-06T16:56:00+3", "2025-11-06 16:56:00Z",
                           "2025-11-06T16:56:00+25:00", "20251-1-06T16:56:00Z"}) {
    CAPTURE(text);
    CHECK(!parse_instant(text).value);
  }
}
