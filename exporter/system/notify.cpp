// SPDX-License-Identifier: Apache-2.0
#include "exporter/system/notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace holdfast {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

Notifier::Notifier(std::string socket, const std::string& watchdog_usec)
    : socket_(std::move(socket)) {
  long long usec = 0;
  const char* end = watchdog_usec.data() + watchdog_usec.size();
  const auto parsed = std::from_chars(watchdog_usec.data(), end, usec);
  if (parsed.ec == std::errc{} && parsed.ptr == end && usec > 0) {
    watchdog_ = std::chrono::microseconds(usec);
  }
}

Notifier Notifier::from_environment() {
  const std::string pid = variable("WATCHDOG_PID");
  const bool is_ours = pid.empty() || pid == std::to_string(::getpid());
  return {variable("NOTIFY_SOCKET"), is_ours ? variable("WATCHDOG_USEC") : ""};
}

void Notifier::reloading() const {
  // The time lets systemd tell this reload's READY from an older one (Type=notify-reload).
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const auto usec = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(usec));
}

void Notifier::send(const std::string& message) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';  // An abstract name.
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // Non-blocking: a full queue must not delay the daemon; the next message comes soon.
  ::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
           reinterpret_cast<const sockaddr*>(&address), length);
  ::close(fd);
}

}  // namespace holdfast
