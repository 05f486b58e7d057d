// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/crew.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

TEST_CASE("every job has a thread at once, however long the others take") {
  std::promise<void> end;
  const auto ended = end.get_future().share();
  std::atomic<int> inside{0};
  Crew crew;
  for (int i = 0; i < 100; ++i) {
    REQUIRE(crew.start([&, ended] {
      ++inside;
      ended.wait();
    }));
  }
  CHECK(eventually([&] { return inside == 100; }));
  CHECK(crew.threads() == 100);
  end.set_value();
}

TEST_CASE("idle threads are used again, and end after a while without work") {
  Crew lasting(1h);
  for (int i = 0; i < 20; ++i) {
    std::promise<void> done;
    REQUIRE(lasting.start([&] { done.set_value(); }));
    done.get_future().wait();
  }
  CHECK(lasting.threads() < 20);
  Crew brief(1ms);
  REQUIRE(brief.start([] {}));
  CHECK(eventually([&] { return brief.threads() == 0; }));
  REQUIRE(brief.start([] {}));  // Joins what has ended, and works on.
}
