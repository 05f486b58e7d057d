// SPDX-License-Identifier: Apache-2.0
#include "exporter/text.h"

#include <doctest/doctest.h>

#include <vector>

#include "exporter/config/words.h"

using namespace holdfast;

TEST_CASE("control characters, direction marks and broken bytes are shown and not obeyed") {
  CHECK(printable("a\nb\tc\x1b[31m\x07") == "a\\nb\\tc\\x1b[31m\\x07");
  CHECK(printable("\xe2\x80\xae"
                  "abc") == "\\u202eabc");
  CHECK(printable("caf\xe9") == "caf\\xe9");
  CHECK(printable("\xc2\x9b"
                  "31m") == "\\x9b31m");
  CHECK(printable("имя ü 名") == "имя ü 名");
  CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
}

TEST_CASE("a long text is cut to its columns, between characters") {
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdefg", 6) == "abcde…");
  CHECK(printable("名名名名", 6) == "名名…");
  CHECK(width_of(printable(std::string(10'000, 'x'), 40)) == 40);
  CHECK(width_of("名a") == 3);
  CHECK(width_of("e\xcc\x81") == 1);
  CHECK(pad_right("名", 4) == "名  ");
  CHECK(pad_left("µs", 4) == "  µs");
}

TEST_CASE("only well-formed UTF-8 is UTF-8") {
  CHECK(is_utf8("имя"));
  for (const char* text : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) {
    CAPTURE(printable(text));
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("the nearest word is the one that was meant, or none") {
  const std::vector<std::string> known{"latency", "connect", "certificate", "warning", "pool"};
  CHECK(nearest_word("latnecy", known) == "latency");
  CHECK(nearest_word("warn", known) == "warning");
  CHECK(nearest_word("pol", known) == "pool");
  CHECK(nearest_word("xyzzy", known).empty());
  CHECK(nearest_word(std::string(10'000, 'l'), known).empty());
  CHECK(suggest("xyz", known) == "; expected latency, connect, certificate, warning or pool");
}
