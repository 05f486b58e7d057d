// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/columns.h"

#include <doctest/doctest.h>

using namespace holdfast;

TEST_CASE("control characters, direction marks and invalid bytes are escaped") {
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
