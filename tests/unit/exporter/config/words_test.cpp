// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/words.h"

#include <doctest/doctest.h>

#include <vector>

using namespace holdfast;

TEST_CASE("the nearest word is the one that was meant, or none") {
  const std::vector<std::string> known{"latency", "connect", "certificate", "warning", "pool"};
  CHECK(nearest_word("latnecy", known) == "latency");
  CHECK(nearest_word("warn", known) == "warning");
  CHECK(nearest_word("pol", known) == "pool");
  CHECK(nearest_word("xyzzy", known).empty());
  CHECK(nearest_word(std::string(10'000, 'l'), known).empty());
  CHECK(suggest("xyz", known) == "; expected latency, connect, certificate, warning or pool");
}
