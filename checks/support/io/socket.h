// SPDX-License-Identifier: Apache-2.0
// A TCP client socket under a deadline; no call blocks. Each socket is used by one thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "checks/support/io/deadline.h"

namespace holdfast {

class Resolver;

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

/// The reason for an errno of connect, send or recv.
[[nodiscard]] Reason reason_of_errno(int code);
/// Connects to a numeric address. Errors (phase "tcp"): refused, unreachable, timed_out, own_limit,
/// stopped.
[[nodiscard]] Result<Socket> connect_tcp(const std::string& address, const std::string& port,
                                         const Deadline& deadline);
/// Resolves `host` and connects to the first address that accepts. Errors: of `connect_tcp` and of
/// the resolver.
[[nodiscard]] Result<Socket> dial_tcp(const std::string& host, const std::string& port,
                                      Resolver& resolver, const Deadline& deadline);
/// Sends all bytes. Errors have the phase "read".
[[nodiscard]] std::optional<Error> send_all(int fd, std::string_view bytes,
                                            const Deadline& deadline);
/// Waits for bytes and returns their number; 0 at the end. Errors have the phase "read".
[[nodiscard]] Result<std::size_t> receive_some(int fd, char* to, std::size_t size,
                                               const Deadline& deadline);

}  // namespace holdfast
