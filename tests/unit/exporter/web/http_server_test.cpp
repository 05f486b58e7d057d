// SPDX-License-Identifier: Apache-2.0
#include <sys/resource.h>

#include <csignal>
#include <fstream>

#include "tests/unit/exporter/web/site.h"

using namespace holdfast;
using web_test::Client;
using web_test::Doorway;
using web_test::eventually;
using web_test::fetch;
using web_test::Site;

namespace {

constexpr std::string_view kAsk = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";

/// Sends one more byte of a head that never ends, until the other side is tired of it.
struct Dripper {
  explicit Dripper(int port) : client(port) { client.send("GET /metrics HTTP/1.1\r\nX-Drip: "); }
  bool drip() { return client.send("x"); }
  Client client;
};

}  // namespace

TEST_CASE("two hundred idle and fifty dripping connections delay no scrape") {
  // The drippers have an hour here: a scrape that waited for one would fail this test.
  HttpServerOptions options;
  options.times.request = std::chrono::hours(1);
  Doorway doorway(options, "page");
  std::vector<Client> idle;
  for (int i = 0; i < 200; ++i) idle.emplace_back(doorway.port());
  std::vector<Dripper> dripping;
  for (int i = 0; i < 50; ++i) dripping.emplace_back(doorway.port());
  for (int i = 0; i < 10; ++i) {
    CHECK(fetch(doorway.port(), "/").body == "page");
    for (auto& dripper : dripping) CHECK(dripper.drip());
  }
  CHECK(idle.front().get("/").body == "page");
  CHECK(idle.back().get("/").body == "page");
}

TEST_CASE("a dripping client is cut though it never stops, and an idle one is not") {
  Site site;
  Client idle(site.port());
  Dripper dripper(site.port());
  CHECK(eventually([&] { return !dripper.drip(); }));
  CHECK(idle.get("/metrics").status == 200);
}

TEST_CASE("with all connections idle, the oldest is closed for a new one") {
  Site site;
  std::vector<Client> idle;
  for (int i = 0; i < 300; ++i) idle.emplace_back(site.port());
  CHECK(site.get("/metrics").status == 200);
  CHECK(idle.front().is_closed());
  CHECK(idle.back().get("/metrics").status == 200);
}

TEST_CASE("a connection is kept alive, and pipelined requests are answered in order") {
  Site site;
  Client client(site.port());
  CHECK(client.get("/metrics").header("Connection") != "close");
  CHECK(client.get("/-/ready").body == "Every check has run.\n");
  client.send(
      "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /-/ready HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /none HTTP/1.1\r\nHost: a\r\n\r\nrubbish\r\n\r\n");
  CHECK(client.read_reply().body == "holdfast_check_status 1\n");
  CHECK(client.read_reply().body == "Every check has run.\n");
  CHECK(client.read_reply().status == 404);
  CHECK(client.read_reply().status == 400);
  CHECK(client.is_closed());
}

TEST_CASE("a client that asks for the end of the connection gets it") {
  Site site;
  Client modern(site.port());
  CHECK(modern.get("/metrics", "Connection: Close\r\n").header("Connection") == "close");
  CHECK(modern.is_closed());
  Client old(site.port());
  old.send("GET /metrics HTTP/1.0\r\n\r\n");
  CHECK(old.read_reply().status == 200);
  CHECK(old.is_closed());
}

TEST_CASE("a client that has finished sending still gets its answer") {
  Site site;
  Client client(site.port());
  client.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  client.finish_sending();
  CHECK(client.read_reply().body == "holdfast_check_status 1\n");
  CHECK(client.is_closed());
}

TEST_CASE("a client that is gone in the middle of a request costs nothing") {
  Site site;
  {
    Client client(site.port());
    client.send("GET /metr");
    client.finish_sending();
    CHECK(client.is_closed());
  }
  CHECK(site.get("/metrics").status == 200);
}

TEST_CASE("what two readers could read in two ways is refused and ends the connection") {
  Site site;
  const std::string line = "GET /metrics HTTP/1.1\r\n";
  const std::string host = "Host: a\r\n";
  const std::vector<std::pair<std::string, int>> cases{
      {"\x16\x03\x01\x02", 400},
      {"\r\n\r\n", 400},
      {"GET /metrics\r\n\r\n", 400},
      {"GET  HTTP/1.1\r\n\r\n", 400},
      {"GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"GET / HTTP/3.0\r\n\r\n", 505},
      {line + "\r\n", 400},
      {line + host + host + "\r\n", 400},
      {line + "Host : a\r\n\r\n", 400},
      {line + host + " folded\r\n\r\n", 400},
      {line + host + "X: a\nY: b\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: a\n\n", 400},
      {line + host + "X: a" + std::string(1, '\0') + "b\r\n\r\n", 400},
      {line + host + "X: a\rb\r\n\r\n", 400},
      {line + host + "no colon\r\n\r\n", 400},
      {line + host + ": no name\r\n\r\n", 400},
      {line + host + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
      {line + host + "Content-Length: 1, 2\r\n\r\n", 400},
      {line + host + "Content-Length: +1\r\n\r\n", 400},
      {line + host + "Content-Length: 99999999999999999999999\r\n\r\n", 413},
      {line + host + "Content-Length: 65537\r\n\r\n", 413},
      {line + host + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501},
      {line + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {line + host + "Expect: 100-continue\r\nContent-Length: 3\r\n\r\n", 417},
      {"GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {line + host + "X: " + std::string(17 * 1024, 'a'), 431},
  };
  for (const auto& [bytes, status] : cases) {
    CAPTURE(bytes);
    Client client(site.port());
    client.send(bytes);
    const auto reply = client.read_reply();
    CHECK(reply.status == status);
    CHECK(reply.header("Connection") == "close");
    CHECK(client.is_closed());
  }
}

TEST_CASE("ten thousand header lines are refused, and so are a hundred and one") {
  Site site;
  for (const int lines : {10'000, 101}) {
    Client client(site.port());
    std::string request = "GET /metrics HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < lines; ++i) request += "a" + std::to_string(i) + ": b\r\n";
    client.send(request + "\r\n");
    CHECK(client.read_reply().status == 431);
  }
  CHECK(site.get("/metrics").status == 200);
}

TEST_CASE("a body is taken up to its limit and no further request is seen in it") {
  Site site;
  Client client(site.port());
  const std::string inner = "GET /none HTTP/1.1\r\nHost: a\r\n\r\n";
  CHECK(client.get("/metrics", "Content-Length: 0\r\n", "POST").status == 405);
  client.send("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(64 * 1024) +
              "\r\n\r\n" + inner + std::string(64 * 1024 - inner.size(), 'x'));
  CHECK(client.read_reply().status == 405);
  CHECK(client.get("/-/ready").status == 200);
}

TEST_CASE("clients that do not read their responses delay no other") {
  HttpServerOptions options;
  options.times.response = std::chrono::hours(1);
  Doorway doorway(options, std::string(2'000'000, 'x'));
  std::vector<Client> slow;  // More of them than workers.
  for (int i = 0; i < 20; ++i) {
    slow.emplace_back(doorway.port(), 4096);
    slow.back().send(kAsk);
  }
  CHECK(fetch(doorway.port(), "/").body.size() == 2'000'000);
  CHECK(slow.front().read_reply().body.size() == 2'000'000);
}

TEST_CASE("a client that does not read its page is cut in the end") {
  HttpServerOptions options;
  options.times.response = std::chrono::milliseconds(1);
  Doorway doorway(options, std::string(20'000'000, 'x'));
  Client slow(doorway.port(), 4096);
  slow.send(kAsk);
  // A cut page is shorter than it says, and read_reply() gives nothing then.
  CHECK(slow.read_reply().status == 0);
}

TEST_CASE("unread responses do not exhaust memory: the oldest is closed") {
  HttpServerOptions options;
  options.times.response = std::chrono::hours(1);
  options.pending_bytes = 50'000'000;
  options.workers = 1;  // So that pages are made in the order in which they are asked for.
  Doorway doorway(options, std::string(20'000'000, 'x'));
  std::vector<Client> slow;
  for (int i = 0; i < 6; ++i) {
    slow.emplace_back(doorway.port(), 4096);
    slow.back().send(kAsk);
  }
  CHECK(fetch(doorway.port(), "/").body.size() == 20'000'000);
  CHECK(slow.front().read_reply().status == 0);
}

TEST_CASE("eight probes that wait leave workers for the scrapes") {
  Site site;
  site.scheduler.hold = true;
  std::vector<Client> probes;
  for (int i = 0; i < 8; ++i) {
    probes.emplace_back(site.port());
    probes.back().send(
        "GET /probe?check=timeweb HTTP/1.1\r\nHost: a\r\n"
        "X-Prometheus-Scrape-Timeout-Seconds: 60\r\n\r\n");
  }
  CHECK(eventually([&] { return site.scheduler.waiting == 8; }));
  CHECK(site.get("/metrics").status == 200);
  site.scheduler.hold = false;
  for (auto& probe : probes) CHECK(probe.read_reply().status == 200);
}

TEST_CASE("the server stops while it is busy, and responses in progress are finished") {
  Site site;
  site.scheduler.hold = true;
  Client probe(site.port());
  probe.send(
      "GET /probe?check=timeweb HTTP/1.1\r\nHost: a\r\n"
      "X-Prometheus-Scrape-Timeout-Seconds: 60\r\n\r\n");
  Client idle(site.port());
  Dripper dripper(site.port());
  CHECK(eventually([&] { return site.scheduler.waiting == 1; }));
  site.stop.fire();
  site.server->stop();
  CHECK(probe.read_reply().status == 503);
  CHECK(idle.is_closed());
  CHECK(dripper.client.is_closed());
  CHECK_THROWS(Client(site.port()));
}

TEST_CASE("floods leave no descriptor behind") {
  Site site;
  CHECK(site.get("/metrics").status == 200);
  // The next line is true once the connection above is closed on both sides.
  const auto before = web_test::count_descriptors();
  for (int round = 0; round < 5; ++round) {
    std::vector<Client> flood;
    for (int i = 0; i < 120; ++i) {
      flood.emplace_back(site.port());
      if (i % 3 == 0) flood.back().send("GET / HT");
      if (i % 3 == 1) flood.back().send("rubbish\n");
    }
    CHECK(site.get("/metrics").status == 200);
  }
  CHECK(eventually([&] { return web_test::count_descriptors() <= before; }));
}

TEST_CASE("with no descriptor left an idle client makes room for a new one") {
  Site site;
  Client idle(site.port());
  CHECK(idle.get("/metrics").status == 200);
  Client late;
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const int lowest_free = ::dup(0);
  ::close(lowest_free);
  const rlimit tight{static_cast<rlim_t>(lowest_free), usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &tight) == 0);
  late.connect(site.port());
  late.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto reply = late.read_reply();
  const bool idle_is_gone = idle.is_closed();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(reply.status == 200);
  CHECK(idle_is_gone);
}

TEST_CASE("it listens on IPv6 when configured") {
  WebOptions options;
  options.listen_address = "[::1]:0";
  Site site(options);
  if (site.error.find("no IPv6") != std::string::npos) return;
  REQUIRE(site.error == "");
  Client client(web_test::Family::v6);
  client.connect(site.port());
  CHECK(client.get("/metrics").status == 200);
}

TEST_CASE("what cannot be listened on is said to the person who asked for it") {
  Site first;
  WebOptions options;
  options.listen_address = "127.0.0.1:" + std::to_string(first.port());
  CHECK(Site(options).error ==
        "the port " + std::to_string(first.port()) + " on 127.0.0.1 is in use by another program");
  options.listen_address = "192.0.2.1:0";
  CHECK(Site(options).error == "this machine has no address 192.0.2.1 to listen on");
  for (const auto* wrong : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:65536",
                            "name.example:80", "::1:80", "[::1]", "[127.0.0.1]:80", "1:2:3"}) {
    CAPTURE(wrong);
    options.listen_address = wrong;
    CHECK(Site(options).error.find("must be an IP address and a port, such as 127.0.0.1:19627") !=
          std::string::npos);
  }
}
