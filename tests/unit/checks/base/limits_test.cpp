// SPDX-License-Identifier: Apache-2.0
#include "checks/base/limits.h"

#include <doctest/doctest.h>

#include "checks/check.h"

using namespace holdfast;

TEST_CASE("an upper limit is crossed by a greater value, a lower one by a smaller value") {
  const Limit upper{.unit = Unit::count, .warning = 5.0, .critical = 10.0};
  CHECK(upper.judge(5) == Status::ok);
  CHECK(upper.judge(5.1) == Status::warning);
  CHECK(upper.judge(11) == Status::critical);
  const Limit lower{
      .unit = Unit::seconds, .side = Limit::Side::lower, .warning = 14.0, .critical = 3.0};
  CHECK(lower.judge(14) == Status::ok);
  CHECK(lower.judge(13) == Status::warning);
  CHECK(lower.judge(2) == Status::critical);
}

TEST_CASE("values are printed with readable units") {
  struct Row {
    double value;
    Unit unit;
    const char* want;
  };
  for (const Row& row : {Row{0.095, Unit::seconds, "95 ms"}, Row{3.2, Unit::seconds, "3.2 s"},
                         Row{0.000035, Unit::seconds, "35 µs"}, Row{300, Unit::seconds, "5 min"},
                         Row{60, Unit::seconds, "1 min"}, Row{90, Unit::seconds, "90 s"},
                         Row{3600, Unit::seconds, "1 h"}, Row{5400, Unit::seconds, "90 min"},
                         Row{86400, Unit::seconds, "1 d"}, Row{129600, Unit::seconds, "36 h"},
                         Row{442800, Unit::seconds, "5 d 3 h"}, Row{0.834, Unit::ratio, "83.4 %"},
                         Row{536870912, Unit::bytes, "512 MiB"}, Row{12, Unit::count, "12"}}) {
    CAPTURE(row.value);
    CHECK(render_value(row.value, row.unit) == row.want);
  }
  CHECK(render_count(1, "key") == "1 key");
  CHECK(render_count(3, "key") == "3 keys");
}

TEST_CASE("every reason has a name, a sentence and a status that is never ok") {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    CAPTURE(name_of(reason));
    CHECK(!name_of(reason).empty());
    CHECK(!sentence_of(reason).empty());
    CHECK((status_of(reason) == Status::critical || status_of(reason) == Status::unknown));
  }
}
