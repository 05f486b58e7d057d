// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reload_requests.h"

#include <doctest/doctest.h>
#include <poll.h>

#include <thread>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

bool is_readable(int fd) {
  pollfd entry{fd, POLLIN, 0};
  return ::poll(&entry, 1, 60'000) == 1;
}

}  // namespace

TEST_CASE("a reload request gets its result") {
  for (const bool answer : {true, false}) {
    ReloadRequests service;
    bool got = !answer;
    std::thread requester([&] { got = service.request(60s); });
    REQUIRE(is_readable(service.fd()));
    service.serve([&] { return answer; });
    requester.join();
    CHECK(got == answer);
  }
}

TEST_CASE("no request means no reload, and an unserved request fails") {
  ReloadRequests service;
  service.serve([]() -> bool {
    FAIL("reloaded without a request");
    return true;
  });
  CHECK_FALSE(service.request(1ms));
}
