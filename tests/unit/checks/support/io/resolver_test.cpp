// SPDX-License-Identifier: Apache-2.0
// The resolver against a name server on loopback: one that answers, one that answers NXDOMAIN, and
// one that never answers.
#include "checks/support/io/resolver.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

using namespace holdfast;
using std::chrono::milliseconds;

namespace {

enum class Manner { silent, no_such_name, answers, garbage };

/// Answers DNS queries over UDP in one manner until it is destroyed.
class NameServer {
 public:
  explicit NameServer(Manner manner) : manner_(manner) {
    fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~NameServer() {
    stop_.fire();
    thread_.join();
    ::close(fd_);
  }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void serve() {
    const Deadline forever(std::chrono::hours(1), &stop_);
    while (forever.wait(fd_, POLLIN)) {
      std::array<unsigned char, 512> packet{};
      sockaddr_in from{};
      socklen_t size = sizeof from;
      auto* sender = reinterpret_cast<sockaddr*>(&from);
      const auto got = ::recvfrom(fd_, packet.data(), packet.size(), 0, sender, &size);
      if (got < 17 || manner_ == Manner::silent) continue;
      const auto length = reply(packet, static_cast<std::size_t>(got));
      ::sendto(fd_, packet.data(), length, 0, sender, size);
    }
  }

  /// Turns the query in `packet` into its answer; returns its length.
  std::size_t reply(std::array<unsigned char, 512>& packet, std::size_t length) const {
    packet[2] = 0x81;
    packet[3] = manner_ == Manner::no_such_name ? 0x83 : 0x80;
    std::size_t end = 12;
    while (end < length && packet.at(end) != 0) end += packet.at(end) + 1U;
    const unsigned type = packet.at(end + 2);
    end += 5;
    std::fill(packet.begin() + 8, packet.begin() + 12, '\0');  // No further sections.
    packet[6] = packet[7] = 0;
    if (manner_ == Manner::garbage) {
      packet[7] = 9;  // Nine answers, none of which follows.
    } else if (manner_ == Manner::answers && type == 1) {
      packet[7] = 1;
      constexpr std::array<unsigned char, 16> kAnswer{0xC0, 12, 0, 1, 0,   1, 0, 0,
                                                      0,    60, 0, 4, 192, 0, 2, 7};
      for (const unsigned char byte : kAnswer) packet.at(end++) = byte;
    }
    return end;
  }

  Manner manner_;
  StopEvent stop_;
  int fd_ = -1;
  unsigned port_ = 0;
  std::thread thread_;
};

}  // namespace

TEST_CASE("a numeric host is returned as is, without a query") {
  NameServer silent(Manner::silent);
  const auto resolver = make_resolver(silent.address());
  for (const std::string host : {"192.0.2.1", "2001:db8::1"}) {
    const auto found = resolver->resolve(host, Deadline(milliseconds(1), nullptr));
    REQUIRE(found);
    CHECK(found.value() == std::vector<std::string>{host});
  }
}

TEST_CASE("localhost comes from the hosts file, whatever the name server does") {
  NameServer silent(Manner::silent);
  const auto resolver = make_resolver(silent.address());
  const auto found = resolver->resolve("localhost", Deadline(std::chrono::seconds(20), nullptr));
  REQUIRE(found);
  CHECK(std::ranges::count(found.value(), "127.0.0.1") == 1);
}

TEST_CASE("a name is resolved to its address") {
  NameServer server(Manner::answers);
  const auto resolver = make_resolver(server.address());
  const auto found = resolver->resolve("db.example", Deadline(std::chrono::seconds(20), nullptr));
  REQUIRE(found);
  CHECK(found.value() == std::vector<std::string>{"192.0.2.7"});
}

TEST_CASE("a name that does not exist is distinguished from a name server that does not answer") {
  NameServer negative(Manner::no_such_name);
  const auto unknown = make_resolver(negative.address())
                           ->resolve("db.example", Deadline(std::chrono::seconds(20), nullptr));
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().reason == Reason::name_not_found);
  CHECK(unknown.error().phase == "resolve");

  NameServer silent(Manner::silent);
  const auto dead =
      make_resolver(silent.address())->resolve("db.example", Deadline(milliseconds(200), nullptr));
  REQUIRE_FALSE(dead);
  CHECK(dead.error().reason == Reason::name_server_silent);
}

TEST_CASE("a name server that is not running, and one that sends garbage, count as no answer") {
  NameServer garbage(Manner::garbage);
  const auto answer =
      make_resolver(garbage.address())->resolve("db.example", Deadline(milliseconds(500), nullptr));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason != Reason::internal);
  const auto nobody =
      make_resolver("127.0.0.1:1")->resolve("db.example", Deadline(milliseconds(500), nullptr));
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().reason == Reason::name_server_silent);
}

TEST_CASE("stop ends a look-up at once") {
  NameServer silent(Manner::silent);
  StopEvent stop;
  stop.fire();
  const auto found = make_resolver(silent.address())
                         ->resolve("db.example", Deadline(std::chrono::hours(1), &stop));
  REQUIRE_FALSE(found);
  CHECK(found.error().reason == Reason::stopped);
}

TEST_CASE("invalid host names are not found") {
  NameServer negative(Manner::no_such_name);
  const auto resolver = make_resolver(negative.address());
  for (const std::string& host :
       {std::string(), std::string(10'000, 'x'), std::string("a..b"), std::string("a b\n")}) {
    CAPTURE(host.size());
    const auto found = resolver->resolve(host, Deadline(std::chrono::seconds(20), nullptr));
    REQUIRE_FALSE(found);
    CHECK(found.error().reason == Reason::name_not_found);
  }
}
