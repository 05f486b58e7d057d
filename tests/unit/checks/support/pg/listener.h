// SPDX-License-Identifier: Apache-2.0
// A TCP listener on loopback whose behaviour a test writes as a function of each accepted socket.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "checks/support/io/deadline.h"

namespace holdfast::test {

/// The server's side of one connection. Waits end when the test ends.
class Guest {
 public:
  Guest(int fd, const StopEvent& stop) : fd_(fd), forever_(std::chrono::hours(1), &stop) {}
  /// Reads the next bytes; empty at the end.
  [[nodiscard]] std::string hear() const {
    std::array<char, 4096> buffer{};
    if (!forever_.wait(fd_, POLLIN)) return "";
    const auto got = ::read(fd_, buffer.data(), buffer.size());
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : "";
  }
  void say(std::string_view text) const { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  /// Waits until the client disconnects.
  void fall_silent() const {
    while (!hear().empty()) {
    }
  }
  /// Sends the same bytes repeatedly until the client disconnects.
  void flood(std::string_view text) const {
    while (forever_.wait(fd_, POLLOUT)) {
      const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent < 0 && errno != EAGAIN) return;
    }
  }
  /// Sends single bytes until the client disconnects.
  void drip(std::string_view text) const {
    for (std::size_t i = 0;; ++i) {
      say(text.substr(i % text.size(), 1));
      const Deadline pause(std::chrono::milliseconds(20), forever_.stop());
      const auto seen = pause.wait(fd_, POLLIN);
      if ((seen && hear().empty()) || (!seen && seen.error().reason == Reason::stopped)) return;
    }
  }

 private:
  int fd_;
  Deadline forever_;
};

class Listener {
 public:
  explicit Listener(std::function<void(const Guest&)> serve) : serve_(std::move(serve)) {
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(fd_, 8) != 0)
      throw std::runtime_error("no listener");
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { accept(); });
  }
  ~Listener() {
    stop_.fire();
    thread_.join();
    ::close(fd_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] const std::string& port() const { return port_; }

 private:
  void accept() {
    const Deadline forever(std::chrono::hours(1), &stop_);
    while (forever.wait(fd_, POLLIN)) {
      const int guest = ::accept(fd_, nullptr, nullptr);
      serve_(Guest(guest, stop_));
      ::close(guest);
    }
  }

  std::function<void(const Guest&)> serve_;
  StopEvent stop_;
  int fd_ = -1;
  std::string port_;
  std::thread thread_;
};

}  // namespace holdfast::test
