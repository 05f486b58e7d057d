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

TEST_CASE("whoever asks for a reload gets its answer") {
  for (const bool answer : {true, false}) {
    ReloadRequests service;
    bool got = !answer;
    std::thread asker([&] { got = service.ask(60s); });
    REQUIRE(is_readable(service.fd()));
    service.serve([&] { return answer; });
    asker.join();
    CHECK(got == answer);
  }
}

TEST_CASE("nobody asking means no reload, and nobody serving means no") {
  ReloadRequests service;
  service.serve([]() -> bool {
    FAIL("nobody asked");
    return true;
  });
  CHECK_FALSE(service.ask(1ms));
}
