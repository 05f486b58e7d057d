// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <optional>

namespace holdfast {
namespace {

constexpr int kBacklog = 256;

/// A host and port as given, and as a socket address.
struct Address {
  std::string host;
  int port = 0;
  sockaddr_storage socket{};
  socklen_t size = 0;
};

Error error_of(std::string text) { return {Reason::own_limit, "listen", std::move(text), ""}; }

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 0 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

/// False when `host` is no address of that family. The port has the same place in both families.
bool fill(Address& address, int family, const std::string& host) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.socket);
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.socket);
  address.socket.ss_family = static_cast<sa_family_t>(family);
  v4.sin_port = htons(static_cast<std::uint16_t>(address.port));
  const bool is_v6 = family == AF_INET6;
  address.size = is_v6 ? sizeof v6 : sizeof v4;
  void* to = is_v6 ? static_cast<void*>(&v6.sin6_addr) : &v4.sin_addr;
  return ::inet_pton(family, host.c_str(), to) == 1;
}

Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_port(std::string_view(text).substr(colon + 1));
  if (port) {
    Address address{text.substr(0, colon), *port};
    if (address.host == "localhost") address.host = "127.0.0.1";
    const std::string& host = address.host;
    const bool is_bracketed = host.starts_with('[') && host.ends_with(']');
    const bool is_valid = host.empty()   ? fill(address, AF_INET6, "::")
                          : is_bracketed ? fill(address, AF_INET6, host.substr(1, host.size() - 2))
                                         : fill(address, AF_INET, host);
    if (is_valid) return address;
  }
  return error_of(
      "the listen address must be an IP address and a port, such as 127.0.0.1:19627 or "
      "[::1]:19627, not \"" +
      text.substr(0, 100) + "\"");
}

Error explain(const Address& address, int error) {
  const auto port = std::to_string(address.port);
  const auto host = address.host.empty() ? std::string("this machine") : address.host;
  switch (error) {
    case EADDRINUSE:
      return error_of("the port " + port + " on " + host + " is in use by another program");
    case EACCES:
      return error_of("permission denied for port " + port +
                      ": ports below 1024 need root or CAP_NET_BIND_SERVICE");
    case EADDRNOTAVAIL:
      return error_of("this machine has no address " + host + " to listen on");
    case EAFNOSUPPORT:
      return error_of("this machine has no IPv6, so it cannot listen on " + host);
    default:
      return error_of("the port " + port + " on " + host + " cannot be opened: system error " +
                      std::to_string(error));
  }
}

int open_socket(const Address& address) {
  return ::socket(address.socket.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                  IPPROTO_TCP);
}

/// The port the system chose, where 0 was requested.
int port_of(int fd) {
  sockaddr_in6 address{};  // The port of an IPv4 address has the same place.
  socklen_t size = sizeof address;
  const int failed = ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return failed != 0 ? 0 : ntohs(address.sin6_port);
}

}  // namespace

Result<Listener> open_listener(const std::string& listen_address) {
  auto parsed = parse_address(listen_address);
  if (!parsed) return parsed.error();
  auto& address = *parsed;
  int fd = open_socket(address);
  if (fd < 0 && errno == EAFNOSUPPORT && address.host.empty() &&
      fill(address, AF_INET, "0.0.0.0")) {
    fd = open_socket(address);
  }
  if (fd < 0) return explain(address, errno);
  const int on = 1;
  // A restart need not wait for connections of the previous process to time out.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address.socket), address.size) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    return explain(address, error);
  }
  return Listener{fd, port_of(fd)};
}

}  // namespace holdfast
