// SPDX-License-Identifier: Apache-2.0
#include "checks/support/http/get.h"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

namespace holdfast {
namespace {

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
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

Error failed(Reason reason, std::string_view phase) { return {reason, std::string(phase), "", ""}; }

Reason reason_of(int code) {
  switch (code) {
    case ECONNREFUSED:
      return Reason::refused;
    case ETIMEDOUT:
      return Reason::timed_out;
    case ECONNRESET:
    case EPIPE:
      return Reason::closed;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return Reason::own_limit;
    default:
      return Reason::unreachable;
  }
}

std::optional<Error> wait(int fd, short events, std::string_view phase, const Deadline& deadline) {
  const auto seen = deadline.wait(fd, events);
  if (seen) return std::nullopt;
  return failed(seen.error().reason, phase);
}

Result<Socket> connect_to(const std::string& address, const std::string& port,
                          const Deadline& deadline) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;  // Parses; looks nothing up.
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
  if (socket.fd() < 0 || code != EINPROGRESS) return failed(reason_of(code), "tcp");
  if (auto error = wait(socket.fd(), POLLOUT, "tcp", deadline)) return *error;
  int pending = 0;
  socklen_t size = sizeof pending;
  ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &pending, &size);
  if (pending != 0) return failed(reason_of(pending), "tcp");
  return socket;
}

Result<Socket> dial(const HttpUrl& url, Resolver& resolver, const Deadline& deadline) {
  const auto addresses = resolver.resolve(url.host, deadline);
  if (!addresses) return addresses.error();
  Result<Socket> last = failed(Reason::unreachable, "tcp");
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    // A silent address must leave time for the next one.
    const auto left = static_cast<long>(addresses->size() - i);
    last = connect_to((*addresses)[i], url.port, deadline.capped(deadline.remaining() / left));
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
      if (auto error = wait(fd, POLLOUT, "read", deadline)) return error;
    } else {
      return failed(reason_of(errno), "read");
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpUrl> parse_http_url(std::string_view url, std::string& fault) {
  const auto wrong = [&](std::string_view text) {
    fault = text;
    return std::nullopt;
  };
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://"))
    return wrong("cannot be https yet; ask the application on its own host by http");
  if (!url.starts_with(kScheme)) return wrong("needs to begin with http://");
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
    return wrong("must not hold spaces or control characters");
  url.remove_prefix(kScheme.size());
  HttpUrl parts;
  const std::size_t slash = std::min(url.find_first_of("/?#"), url.size());
  parts.authority = url.substr(0, slash);
  parts.target = url.substr(slash, url.find('#') - slash);
  if (!parts.target.starts_with("/")) parts.target.insert(0, "/");
  if (parts.authority.find('@') != std::string::npos)
    return wrong("must not hold a user or a password; use bearer_file");
  std::string_view host = parts.authority;
  std::string_view port = "80";
  const std::size_t bracket = host.find(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    port = host.substr(colon + 1);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  unsigned number = 0;
  const auto [stopped, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc{} || stopped != port.data() + port.size() || number < 1 || number > 65535)
    return wrong("has a port that is no number from 1 to 65535");
  if (host.empty()) return wrong("names no host");
  parts.host = host;
  parts.port = port;
  return parts;
}

Result<std::string> http_get(const HttpUrl& url, std::string_view bearer, Resolver& resolver,
                             const Deadline& deadline) {
  const auto socket = dial(url, resolver, deadline);
  if (!socket) return socket.error();
  std::string request = "GET " + url.target + " HTTP/1.1\r\nHost: " + url.authority +
                        "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                        "User-Agent: holdfast\r\nConnection: close\r\n";
  if (!bearer.empty()) request.append("Authorization: Bearer ").append(bearer).append("\r\n");
  if (auto error = send_all(socket->fd(), request + "\r\n", deadline)) return *error;

  std::string reply;
  std::array<char, 16 * 1024> block;  // NOLINT(*-member-init): written by recv.
  for (;;) {
    if (auto error = wait(socket->fd(), POLLIN, "read", deadline)) return *error;
    const ssize_t got = ::recv(socket->fd(), block.data(), block.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return failed(reason_of(errno), "read");
    reply.append(block.data(), static_cast<std::size_t>(got));
    if (reply.size() > kMaxHttpBytes) return failed(Reason::too_large, "read");
    if (auto done = parse_http_reply(reply, got == 0)) return *std::move(done);
  }
}

}  // namespace holdfast
