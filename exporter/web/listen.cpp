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

/// A host and port as given, and as the socket calls want them.
struct Place {
  std::string host;
  int port = 0;
  sockaddr_storage address{};
  socklen_t size = 0;
};

Error fault(std::string text) { return {Reason::own_limit, "listen", std::move(text), ""}; }

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 0 || port > 65535) {
    return std::nullopt;
  }
  return port;
}

bool fill_v4(Place& place, const std::string& host) {
  auto& v4 = reinterpret_cast<sockaddr_in&>(place.address);
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) != 1) return false;
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(place.port));
  place.size = sizeof v4;
  return true;
}

bool fill_v6(Place& place, const std::string& host) {
  auto& v6 = reinterpret_cast<sockaddr_in6&>(place.address);
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) != 1) return false;
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(static_cast<std::uint16_t>(place.port));
  place.size = sizeof v6;
  return true;
}

Result<Place> parse_place(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_port(std::string_view(text).substr(colon + 1));
  Place place;
  bool is_known = port.has_value();
  if (is_known) {
    place.port = *port;
    place.host = text.substr(0, colon);
    if (place.host == "localhost") place.host = "127.0.0.1";
    if (place.host.starts_with('[') && place.host.ends_with(']')) {
      is_known = fill_v6(place, place.host.substr(1, place.host.size() - 2));
    } else {
      is_known = place.host.empty() ? fill_v6(place, "::") : fill_v4(place, place.host);
    }
  }
  if (is_known) return place;
  return fault(
      "the listen address must be an IP address and a port, such as 127.0.0.1:19627 or "
      "[::1]:19627, and not \"" +
      text.substr(0, 100) + "\"");
}

Error explain(const Place& place, int error) {
  const auto port = std::to_string(place.port);
  const auto host = place.host.empty() ? std::string("this machine") : place.host;
  switch (error) {
    case EADDRINUSE:
      return fault("the port " + port + " on " + host + " is in use by another program");
    case EACCES:
      return fault("the port " + port +
                   " may not be opened by this user: ports below 1024 are root's");
    case EADDRNOTAVAIL:
      return fault("this machine has no address " + host + " to listen on");
    case EAFNOSUPPORT:
      return fault("this machine has no IPv6, so it cannot listen on " + host);
    default:
      return fault("the port " + port + " on " + host + " cannot be opened: system error " +
                   std::to_string(error));
  }
}

int open_socket(const Place& place) {
  return ::socket(place.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
}

/// The port the system gave, where 0 was asked for.
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

Result<Listener> open_listener(const std::string& address) {
  auto parsed = parse_place(address);
  if (!parsed) return parsed.error();
  auto& place = *parsed;
  int fd = open_socket(place);
  if (fd < 0 && errno == EAFNOSUPPORT && place.host.empty() && fill_v4(place, "0.0.0.0")) {
    fd = open_socket(place);
  }
  if (fd < 0) return explain(place, errno);
  const int on = 1;
  // So that a restart need not wait for the last process's connections to time out.
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&place.address), place.size) != 0 ||
      ::listen(fd, kBacklog) != 0) {
    const int error = errno;
    ::close(fd);
    return explain(place, error);
  }
  return Listener{fd, port_of(fd)};
}

}  // namespace holdfast
