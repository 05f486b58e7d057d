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

/// A heart and a clock in the test's hands.
struct Site {
  [[nodiscard]] HeartbeatDependencies dependencies() {
    return {[this] { return heart; }, clock, resolver, stop};
  }
  void step(Duration by) {
    clock.step(by);
    heart = clock.now().steady;
  }

  StepClock clock;
  std::chrono::steady_clock::time_point heart = clock.now().steady;
  testing::NoResolver resolver;
  StopEvent stop;
  Heartbeat signs{dependencies()};
};

HeartbeatConfig every_minute(const std::string& url) {
  return {.url = Secret::from_value(url), .ca_file = ""};
}

}  // namespace

TEST_CASE("a sign of life is a GET, sent at once and then at its pace") {
  Receiver receiver(kOk);
  Site site;
  site.signs.configure(every_minute(receiver.url("/ping/token-4711")));
  site.signs.send_due();
  REQUIRE(receiver.requests().size() == 1);
  const std::string request = receiver.requests()[0];
  CHECK(request.starts_with("GET /ping/token-4711 HTTP/1.1\r\n"));
  CHECK(request.ends_with("\r\n\r\n"));
  CHECK(request.find("Content-") == std::string::npos);
  site.step(59s);
  site.signs.send_due();
  CHECK(receiver.requests().size() == 1);
  site.step(1s);
  site.signs.send_due();
  CHECK(receiver.requests().size() == 2);
  CHECK(site.signs.facts().sent == 2);
  CHECK(site.signs.facts().last_success == site.clock.now().wall);
}

TEST_CASE("a scheduler that stands still sends no sign of life, however well the sender is") {
  Receiver receiver(kOk);
  Site site;
  site.signs.configure(every_minute(receiver.url()));
  site.clock.step(kHeartFor + 1s);
  site.signs.send_due();
  CHECK(receiver.requests().empty());
  CHECK(site.signs.facts().withheld == 1);
  CHECK_FALSE(site.signs.facts().last_success);
  // It turns again: the sign does not wait for its whole pace.
  site.step(kLifeSignRetry);
  site.signs.send_due();
  CHECK(receiver.requests().size() == 1);
  CHECK(site.signs.facts().sent == 1);
}

TEST_CASE("a sign that is refused is tried again sooner, and a redirect is not followed") {
  Receiver other(kOk);
  Receiver receiver("HTTP/1.1 503 Busy\r\n\r\n");
  Site site;
  site.signs.configure(every_minute(receiver.url()));
  site.signs.send_due();
  site.step(kLifeSignRetry - 1s);
  site.signs.send_due();
  CHECK(site.signs.facts().failed == 1);
  receiver.answer("HTTP/1.1 302 Elsewhere\r\nLocation: " + other.url() + "\r\n\r\n");
  site.step(1s);
  site.signs.send_due();
  CHECK(site.signs.facts().failed == 2);
  CHECK(other.requests().empty());
  receiver.answer(kOk);
  site.step(kLifeSignRetry);
  site.signs.send_due();
  CHECK(site.signs.facts().sent == 1);
}

TEST_CASE("another receiver hears at once, and the same one again at its pace") {
  Receiver first(kOk);
  Receiver second(kOk);
  Site site;
  for (int i = 0; i < 3; ++i) {
    site.signs.configure(every_minute(first.url()));
    site.signs.send_due();
    site.step(1s);
  }
  CHECK(first.requests().size() == 1);
  site.signs.configure(every_minute(second.url()));
  site.signs.send_due();
  CHECK(second.requests().size() == 1);
  CHECK(site.signs.facts().sent == 2);
  site.signs.configure(std::nullopt);
  site.step(1h);
  site.signs.send_due();
  CHECK(site.signs.facts().sent == 2);
  CHECK_FALSE(site.signs.facts().is_configured);
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
    HeartbeatSender sender(dependencies);
    sender.configure(every_minute("http://127.0.0.1:" + silent.port() + "/"));
    REQUIRE(eventually([&] { return is_asked.load(); }));
    site.stop.fire();
  }
  CHECK(site.stop.fired());  // The destructor has come back: nothing waits out the time-out.
}
