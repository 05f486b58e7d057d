// SPDX-License-Identifier: Apache-2.0
// A TCP connection to where an HTTP URL points, and bytes sent over it, under one deadline. For
// checks/support/http only. Each socket is one thread's.
#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "checks/support/http/get.h"

namespace holdfast {

/// Owns a descriptor.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

/// What an errno of a socket means.
[[nodiscard]] Reason reason_of_socket(int code);
/// Looks the host up and connects to the first address that answers, without blocking. Errors:
/// those of http_get in the phases "resolve" and "tcp".
[[nodiscard]] Result<Socket> dial_http(const HttpUrl& url, Resolver& resolver,
                                       const Deadline& deadline);
/// Waits for `events`; an error carries the phase.
[[nodiscard]] std::optional<Error> wait_on(int fd, short events, std::string_view phase,
                                           const Deadline& deadline);
/// Sends all bytes, or tells why not (phase "read").
[[nodiscard]] std::optional<Error> send_all(int fd, std::string_view bytes,
                                            const Deadline& deadline);

}  // namespace holdfast
