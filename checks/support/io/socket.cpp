// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/socket.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "checks/support/io/resolver.h"

namespace holdfast {
namespace {

Error failed(Reason reason, std::string_view phase) { return {reason, std::string(phase), "", ""}; }

std::optional<Error> wait_on(int fd, short events, std::string_view phase,
                             const Deadline& deadline) {
  const auto seen = deadline.wait(fd, events);
  if (seen) return std::nullopt;
  return failed(seen.error().reason, phase);
}

}  // namespace

Socket::~Socket() {
  if (fd_ >= 0) ::close(fd_);
}

Reason reason_of_errno(int code) {
  switch (code) {
    case ECONNREFUSED:
    case ENOENT:  // A Unix socket that does not exist.
      return Reason::refused;
    case ECONNRESET:
    case EPIPE:
      return Reason::closed;
    case ETIMEDOUT:
      return Reason::timed_out;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Reason::own_limit;
    default:
      return Reason::unreachable;
  }
}

Result<Socket> connect_tcp(const std::string& address, const std::string& port,
                           const Deadline& deadline) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;  // Only parses; no name server is queried.
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), port.c_str(), &hints, &found) != 0)
    return failed(Reason::unreachable, "tcp");
  Socket socket(::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int begun =
      socket.fd() < 0 ? -1 : ::connect(socket.fd(), found->ai_addr, found->ai_addrlen);
  const int code = errno;
  ::freeaddrinfo(found);
  if (begun == 0) return socket;
  if (socket.fd() < 0 || code != EINPROGRESS) return failed(reason_of_errno(code), "tcp");
  if (auto error = wait_on(socket.fd(), POLLOUT, "tcp", deadline)) return *error;
  int pending = 0;
  socklen_t size = sizeof pending;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &pending, &size);
  if (pending != 0) return failed(reason_of_errno(pending), "tcp");
  return socket;
}

Result<Socket> dial_tcp(const std::string& host, const std::string& port, Resolver& resolver,
                        const Deadline& deadline) {
  const auto addresses = resolver.resolve(host, deadline);
  if (!addresses) return addresses.error();
  Result<Socket> last = failed(Reason::unreachable, "tcp");
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    // An address that does not answer must leave time for the next one.
    const auto left = static_cast<long>(addresses->size() - i);
    last = connect_tcp((*addresses)[i], port, deadline.capped(deadline.remaining() / left));
    if (last || last.error().reason == Reason::stopped) break;
  }
  return last;
}

std::optional<Error> send_all(int fd, std::string_view bytes, const Deadline& deadline) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EINTR) {
      if (auto error = wait_on(fd, POLLOUT, "read", deadline)) return error;
    } else {
      return failed(reason_of_errno(errno), "read");
    }
  }
  return std::nullopt;
}

Result<std::size_t> receive_some(int fd, char* to, std::size_t size, const Deadline& deadline) {
  for (;;) {
    if (auto error = wait_on(fd, POLLIN, "read", deadline)) return *error;
    const ssize_t got = ::recv(fd, to, size, 0);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EAGAIN && errno != EINTR) return failed(reason_of_errno(errno), "read");
  }
}

}  // namespace holdfast
