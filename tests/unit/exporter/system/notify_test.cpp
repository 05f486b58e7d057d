// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/notify.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "exporter/system/process.h"

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

// A socket such as systemd's, in a folder of its own.
struct Systemd {
  std::string folder = "/tmp/holdfast-notify-XXXXXX";
  std::string path;
  int fd = -1;

  Systemd() {
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    path = folder + "/notify";
    fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  ~Systemd() {
    ::close(fd);
    ::unlink(path.c_str());
    ::rmdir(folder.c_str());
  }
  [[nodiscard]] std::string heard() const {
    std::array<char, 256> text{};
    const auto got = ::recv(fd, text.data(), text.size(), 0);
    return got > 0 ? std::string(text.data(), static_cast<std::size_t>(got)) : "";
  }
};

}  // namespace

TEST_CASE("systemd hears of ready, reload, stop and the watchdog") {
  const Systemd systemd;
  const Notifier notifier(systemd.path, "30000000");
  notifier.ready();
  CHECK(systemd.heard() == "READY=1");
  notifier.reloading();
  CHECK(systemd.heard().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  notifier.feed_watchdog();
  CHECK(systemd.heard() == "WATCHDOG=1");
  notifier.stopping();
  CHECK(systemd.heard() == "STOPPING=1");
  CHECK(notifier.watchdog() == 30s);
}

TEST_CASE("without systemd, or with nonsense from it, nothing happens") {
  for (const char* usec : {"", "0", "-5", "abc", "1x"}) {
    CAPTURE(usec);
    CHECK_FALSE(Notifier("", usec).watchdog().has_value());
  }
  Notifier("", "").ready();
  Notifier("/nowhere/at/all", "").ready();
  Notifier(std::string(5000, 'x'), "").ready();
}

TEST_CASE("room for files is three a check and 256 besides") {
  const OpenFiles few = raise_file_limit(10);
  CHECK(few.needed == 286);
  CHECK(few.suffice());
  const OpenFiles too_many = raise_file_limit(1'000'000'000'000);
  CHECK_FALSE(too_many.suffice());
  CHECK(too_many.allowed >= few.allowed);
}
