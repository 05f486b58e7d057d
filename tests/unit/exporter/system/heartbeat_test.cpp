// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/heartbeat.h"

#include <doctest/doctest.h>

#include "tests/unit/checks/support/pg/fake_session.h"
#include "tests/unit/exporter/fakes.h"
#include "tests/unit/exporter/receiver.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK";

/// A clock and a scheduler heartbeat that the test steps.
struct Site {
  [[nodiscard]] HeartbeatDependencies dependencies() {
    return {[this] { return last_iteration; }, clock, resolver, stop};
  }
  void step(Duration by) {
    clock.step(by);
    last_iteration = clock.now().steady;
  }

  StepClock clock;
  std::chrono::steady_clock::time_point last_iteration = clock.now().steady;
  testing::NoResolver resolver;
  StopEvent stop;
  Heartbeat heartbeat{dependencies()};
};

HeartbeatConfig every_minute(const std::string& url) {
  return {.url = Secret::from_value(url), .ca_file = ""};
}

}  // namespace

TEST_CASE("a heartbeat is a GET, sent at once and then at its interval") {
  Receiver receiver(kOk);
  Site site;
  site.heartbeat.configure(every_minute(receiver.url("/ping/token-4711")));
  site.heartbeat.send_due();
  REQUIRE(receiver.requests().size() == 1);
  const std::string request = receiver.requests()[0];
  CHECK(request.starts_with("GET /ping/token-4711 HTTP/1.1\r\n"));
  CHECK(request.ends_with("\r\n\r\n"));
  CHECK(request.find("Content-") == std::string::npos);
  site.step(59s);
  site.heartbeat.send_due();
  CHECK(receiver.requests().size() == 1);
  site.step(1s);
  site.heartbeat.send_due();
  CHECK(receiver.requests().size() == 2);
  CHECK(site.heartbeat.facts().sent == 2);
  CHECK(site.heartbeat.facts().last_success == site.clock.now().wall);
}

TEST_CASE("no heartbeat is sent while the scheduler is stalled") {
  Receiver receiver(kOk);
  Site site;
  site.heartbeat.configure(every_minute(receiver.url()));
  site.clock.step(kSchedulerStalledAfter + 1s);
  site.heartbeat.send_due();
  CHECK(receiver.requests().empty());
  CHECK(site.heartbeat.facts().withheld == 1);
  CHECK_FALSE(site.heartbeat.facts().last_success);
  // It runs again: the heartbeat does not wait for its full interval.
  site.step(kHeartbeatRetry);
  site.heartbeat.send_due();
  CHECK(receiver.requests().size() == 1);
  CHECK(site.heartbeat.facts().sent == 1);
}

TEST_CASE("a refused heartbeat is retried sooner, and a redirect is not followed") {
  Receiver other(kOk);
  Receiver receiver("HTTP/1.1 503 Busy\r\n\r\n");
  Site site;
  site.heartbeat.configure(every_minute(receiver.url()));
  site.heartbeat.send_due();
  site.step(kHeartbeatRetry - 1s);
  site.heartbeat.send_due();
  CHECK(site.heartbeat.facts().failed == 1);
  receiver.answer("HTTP/1.1 302 Elsewhere\r\nLocation: " + other.url() + "\r\n\r\n");
  site.step(1s);
  site.heartbeat.send_due();
  CHECK(site.heartbeat.facts().failed == 2);
  CHECK(other.requests().empty());
  receiver.answer(kOk);
  site.step(kHeartbeatRetry);
  site.heartbeat.send_due();
  CHECK(site.heartbeat.facts().sent == 1);
}

TEST_CASE("another receiver hears at once, and the same one again at its pace") {
  Receiver first(kOk);
  Receiver second(kOk);
  Site site;
  for (int i = 0; i < 3; ++i) {
    site.heartbeat.configure(every_minute(first.url()));
    site.heartbeat.send_due();
    site.step(1s);
  }
  CHECK(first.requests().size() == 1);
  site.heartbeat.configure(every_minute(second.url()));
  site.heartbeat.send_due();
  CHECK(second.requests().size() == 1);
  CHECK(site.heartbeat.facts().sent == 2);
  site.heartbeat.configure(std::nullopt);
  site.step(1h);
  site.heartbeat.send_due();
  CHECK(site.heartbeat.facts().sent == 2);
  CHECK_FALSE(site.heartbeat.facts().is_configured);
}

TEST_CASE("a receiver that never answers is left at once when the daemon stops") {
  const Listener silent([](const Guest& guest) { guest.fall_silent(); });
  Site site;
  std::atomic<bool> is_asked = false;
  HeartbeatDependencies dependencies{[&] {
                                       is_asked = true;
                                       return std::chrono::steady_clock::now();
                                     },
                                     system_clock(), site.resolver, site.stop};
  {
    Heartbeat heartbeat(dependencies);
    heartbeat.start();
    heartbeat.configure(every_minute("http://127.0.0.1:" + silent.port() + "/"));
    REQUIRE(eventually([&] { return is_asked.load(); }));
    site.stop.fire();
  }
  CHECK(site.stop.fired());  // The destructor has come back: nothing waits out the time-out.
}
