// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/deadline.h"

#include <doctest/doctest.h>
#include <poll.h>

using namespace holdfast;
using namespace std::chrono_literals;

TEST_CASE("an expired deadline ends a wait even if the peer keeps sending") {
  StopEvent ready;  // Always readable, like the socket of a peer that keeps sending.
  ready.fire();
  CHECK(Deadline(1h, nullptr).wait(ready.fd(), POLLIN).value() == POLLIN);
  const auto late = Deadline(0s, nullptr).wait(ready.fd(), POLLIN);
  REQUIRE_FALSE(late);
  CHECK(late.error().reason == Reason::timed_out);
}

TEST_CASE("stop takes precedence over a ready descriptor and over an expired deadline") {
  StopEvent stop;
  stop.fire();
  for (const auto patience : {Deadline::Clock::duration(1h), Deadline::Clock::duration(0)}) {
    const auto stopped = Deadline(patience, &stop).wait(stop.fd(), POLLIN);
    REQUIRE_FALSE(stopped);
    CHECK(stopped.error().reason == Reason::stopped);
  }
}
