// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/cut.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>
#include <vector>

using namespace holdfast;
using std::chrono::milliseconds;

namespace {

/// Two connected TCP sockets on loopback, both blocking.
struct Pair {
  int here = -1;
  int there = -1;
  Pair() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
    here = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(::connect(here, reinterpret_cast<sockaddr*>(&address), size) == 0);
    there = ::accept(listener, nullptr, nullptr);
    ::close(listener);
  }
  ~Pair() {
    ::close(here);
    ::close(there);
  }
  /// Blocks until something or the end comes: 0 at the end.
  [[nodiscard]] ssize_t read() const {
    std::array<char, 65536> buffer{};
    return ::read(here, buffer.data(), buffer.size());
  }
};

constexpr auto kLong = std::chrono::hours(1);

}  // namespace

TEST_CASE("a blocked read ends at the deadline, and the cut says why") {
  const Pair pair;
  Cut cut(pair.here, Deadline(milliseconds(30), nullptr));
  CHECK(pair.read() == 0);
  CHECK(cut.reason() == Reason::timed_out);
}

TEST_CASE("a stop event ends a blocked read long before its deadline") {
  const Pair pair;
  StopEvent stop;
  Cut cut(pair.here, Deadline(kLong, &stop));
  std::thread stopper([&] { stop.fire(); });
  CHECK(pair.read() == 0);
  stopper.join();
  CHECK(cut.reason() == Reason::stopped);
}

TEST_CASE("a cut made after the stop event fired ends at once") {
  const Pair pair;
  StopEvent stop;
  stop.fire();
  Cut cut(pair.here, Deadline(kLong, &stop));
  CHECK(pair.read() == 0);
  CHECK(cut.reason() == Reason::stopped);
}

TEST_CASE("a disarmed cut leaves the socket alone and has no reason") {
  const Pair pair;
  {
    Cut cut(pair.here, Deadline(milliseconds(0), nullptr));
    cut.disarm();
    cut.disarm();
  }
  {
    Cut early(pair.here, Deadline(kLong, nullptr));
    early.disarm();
    CHECK_FALSE(early.reason().has_value());
  }
  Pair other;
  Cut cut(other.here, Deadline(milliseconds(1), nullptr));
  CHECK(other.read() == 0);  // Whatever was armed before is over by now.
}

TEST_CASE("a peer that sends more than the bound is cut") {
  const Pair pair;
  Cut cut(pair.here, Deadline(kLong, nullptr), 1000);
  std::thread sender([&] {
    const std::vector<char> much(100'000, 'x');
    while (::send(pair.there, much.data(), much.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  while (pair.read() > 0) {
  }
  sender.join();
  CHECK(cut.reason() == Reason::too_large);
}

TEST_CASE("each of many cuts ends at its own deadline, the later ones not before") {
  constexpr int kMany = 20;
  std::array<Pair, kMany> pairs;
  std::vector<std::thread> readers;
  std::array<bool, kMany> early{};
  for (int i = 0; i < kMany; ++i) {
    const auto at = static_cast<std::size_t>(i);
    readers.emplace_back([&, at, i] {
      const Deadline deadline(milliseconds(10 * (kMany - i)), nullptr);
      Cut cut(pairs.at(at).here, deadline);
      const bool ended = pairs.at(at).read() == 0;
      early.at(at) = !ended || deadline.remaining().count() > 0;
    });
  }
  for (std::thread& reader : readers) reader.join();
  for (const bool was_early : early) CHECK_FALSE(was_early);
}
