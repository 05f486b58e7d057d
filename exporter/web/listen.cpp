// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/listen.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
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

bool fill_v4(Address& address, const std::string& host) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.socket);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return false;
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(address.port));
  address.size = sizeof v4;
  return true;
}

bool fill_v6(Address& address, const std::string& host) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.socket);
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return false;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(static_cast<std::uint16_t>(address.port));
  address.size = sizeof v6;
  return true;
}

Result<Address> parse_address(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_port(std::string_view(text).substr(colon + 1));
  Address address;
  bool is_valid = port.has_value();
  if (is_valid) {
    address.port = *port;
    address.host = text.substr(0, colon);
    if (address.host == "localhost") address.host = "127.0.0.1";
    if (address.host.starts_with('[') && address.host.ends_with(']')) {
      is_valid = fill_v6(address, address.host.substr(1, address.host.size() - 2));
    } else {
      is_valid = address.host.empty() ? fill_v6(address, "::") : fill_v4(address, address.host);
    }
  }
  if (is_valid) return address;
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
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  const auto port = address.ss_family == AF_INET6
                        ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                        : reinterpret_cast<sockaddr_in&>(address).sin_port;
  return ntohs(port);
}

}  // namespace

Result<Listener> open_listener(const std::string& listen_address) {
  auto parsed = parse_address(listen_address);
  if (!parsed) return parsed.error();
  auto& address = *parsed;
  int fd = open_socket(address);
  if (fd < 0 && errno == EAFNOSUPPORT && address.host.empty() && fill_v4(address, "0.0.0.0")) {
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
