// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/distribution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

using holdfast::Distribution;

TEST_CASE("percentiles are within 5 % of the true ones for any values") {
  std::mt19937 random(7);
  std::lognormal_distribution<double> latency(-3.5, 1.2);
  std::vector<double> values(10'000);
  Distribution all;
  for (double& value : values) all.observe(value = latency(random));
  std::ranges::sort(values);
  for (const double q : {0.01, 0.5, 0.95, 0.99, 1.0}) {
    CAPTURE(q);
    const auto rank = static_cast<std::size_t>(std::ceil(q * 10'000)) - 1;
    CHECK(all.quantile(q).value() == doctest::Approx(values[rank]).epsilon(0.05));
  }
}

TEST_CASE("merged distributions equal one distribution of all values") {
  Distribution first;
  Distribution second;
  Distribution both;
  for (int i = 1; i <= 100; ++i) {
    (i % 3 == 0 ? first : second).observe(i * 0.001);
    both.observe(i * 0.001);
  }
  first.merge(second);
  CHECK(first == both);
  CHECK(Distribution::decode(first.encode()) == both);
}

TEST_CASE("an empty distribution has no percentile, and odd values are clamped or ignored") {
  Distribution none;
  CHECK(!none.quantile(0.5));
  CHECK(Distribution::decode(none.encode()) == none);
  none.observe(NAN);
  none.observe(-1);
  CHECK(none.count() == 0);
  none.observe(0);
  none.observe(INFINITY);
  CHECK(none.count() == 2);
  CHECK(none.quantile(0.5).value() == doctest::Approx(1e-6).epsilon(0.05));
  CHECK(none.quantile(1).value() == doctest::Approx(3600).epsilon(0.05));
}

TEST_CASE("invalid bytes are rejected") {
  Distribution one;
  one.observe(0.02);
  const std::string bytes = one.encode();
  CHECK(!Distribution::decode(""));
  CHECK(!Distribution::decode("\x02" + bytes.substr(1)));
  CHECK(!Distribution::decode(bytes.substr(0, bytes.size() - 1)));
  CHECK(!Distribution::decode(bytes + '\x7f'));
  CHECK(!Distribution::decode(std::string("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 12)));
}
