// SPDX-License-Identifier: Apache-2.0
#include "checks/support/http/get.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "checks/support/io/socket.h"

namespace holdfast {

std::optional<HttpUrl> parse_http_url(std::string_view url, std::string& fault) {
  const auto wrong = [&](std::string_view text) {
    fault = text;
    return std::nullopt;
  };
  constexpr std::string_view kScheme = "http://";
  if (url.starts_with("https://"))
    return wrong("cannot be https yet; use http on the application's own host");
  if (!url.starts_with(kScheme)) return wrong("must begin with http://");
  if (std::ranges::any_of(url, [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
    return wrong("must not contain spaces or control characters");
  url.remove_prefix(kScheme.size());
  HttpUrl parts;
  const std::size_t slash = std::min(url.find_first_of("/?#"), url.size());
  parts.authority = url.substr(0, slash);
  parts.target = url.substr(slash, url.find('#') - slash);
  if (!parts.target.starts_with("/")) parts.target.insert(0, "/");
  if (parts.authority.find('@') != std::string::npos)
    return wrong("must not contain a user name or a password");
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
    return wrong("has a port that is not a number from 1 to 65535");
  if (host.empty()) return wrong("has no host name");
  parts.host = host;
  parts.port = port;
  return parts;
}

Result<std::string> http_get(const HttpUrl& url, std::string_view bearer, Resolver& resolver,
                             const Deadline& deadline) {
  const auto socket = dial_tcp(url.host, url.port, resolver, deadline);
  if (!socket) return socket.error();
  std::string request = "GET " + url.target + " HTTP/1.1\r\nHost: " + url.authority +
                        "\r\nAccept: application/json\r\nAccept-Encoding: identity\r\n"
                        "User-Agent: holdfast\r\nConnection: close\r\n";
  if (!bearer.empty()) request.append("Authorization: Bearer ").append(bearer).append("\r\n");
  if (auto error = send_all(socket->fd(), request + "\r\n", deadline)) return *error;

  std::string reply;
  std::array<char, 16 * 1024> block;  // NOLINT(*-member-init): written by receive_some.
  for (;;) {
    const auto got = receive_some(socket->fd(), block.data(), block.size(), deadline);
    if (!got) return got.error();
    reply.append(block.data(), *got);
    if (reply.size() > kMaxHttpBytes) return Error{Reason::too_large, "read", "", ""};
    if (auto done = parse_http_reply(reply, *got == 0)) return *std::move(done);
  }
}

}  // namespace holdfast
