// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/utf8.h"

#include <doctest/doctest.h>

#include <vector>

#include "checks/support/text/columns.h"

using namespace holdfast;

TEST_CASE("only well-formed UTF-8 is UTF-8") {
  CHECK(is_utf8("имя"));
  for (const char* text : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) {
    CAPTURE(printable(text));
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("untrusted text becomes bounded UTF-8 without control characters") {
  struct Row {
    std::string text;
    std::size_t limit;
    std::string want;
  };
  const std::vector<Row> rows{
      {"plain", 10, "plain"},
      {"a\nb\x1b[0m", 10, "a b [0m"},
      {"caf\xC3\xA9", 10, "caf\xC3\xA9"},
      {"bad\xFF\xC3", 20, "bad\xEF\xBF\xBD\xEF\xBF\xBD"},
      {"\xC0\xAF", 20, "\xEF\xBF\xBD\xEF\xBF\xBD"},                  // Overlong.
      {"\xED\xA0\x80", 20, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // A surrogate.
      {"1234567890x", 10, "1234567\xE2\x80\xA6"},
      {"1234567890", 10, "1234567890"},
      {"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 7, "\xC3\xA9\xC3\xA9\xE2\x80\xA6"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.want);
    CHECK(plain_text(row.text, row.limit) == row.want);
  }
}

TEST_CASE("a prefix and a truncated text end between two characters") {
  CHECK(utf8_prefix("añb", 2) == "a");
  CHECK(utf8_prefix("añb", 3) == "añ");
  CHECK(utf8_prefix("名", 2).empty());
  CHECK(truncate_utf8("añb", 4) == "añb");
  CHECK(truncate_utf8("añb", 2) == "a…");
}
