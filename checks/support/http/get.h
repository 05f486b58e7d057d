// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 GET for a small JSON document, every step under one deadline: no redirect is
// followed, no connection kept, at most 1 MiB read. Plain http only; cpp-httplib's client limits
// each read and not the whole, and looks names up by getaddrinfo.
// Functions of one thread; they keep nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/support/io/deadline.h"
#include "checks/support/io/resolver.h"

namespace holdfast {

/// What one reply may weigh, head and body; more is `too_large`.
inline constexpr std::size_t kMaxHttpBytes = 1024 * 1024;
inline constexpr std::size_t kMaxHttpHeadBytes = 16 * 1024;

struct HttpUrl {
  std::string host;       ///< Name or address, without the brackets of IPv6.
  std::string port;       ///< "80" when the URL names none.
  std::string target;     ///< Path and query, as sent.
  std::string authority;  ///< For the Host field.
};
/// The parts of "http://host:port/path", or what is wrong with it ("needs to begin with http://").
[[nodiscard]] std::optional<HttpUrl> parse_http_url(std::string_view url, std::string& fault);

/// The body of a reply with status 200. `bearer` may be empty. Errors: of the look-up; refused,
/// unreachable, timed_out, stopped (phases "resolve", "tcp", "read"); http_status (any other than
/// 200), closed, half_reply, garbage, too_large.
[[nodiscard]] Result<std::string> http_get(const HttpUrl& url, std::string_view bearer,
                                           Resolver& resolver, const Deadline& deadline);

/// What a reply's bytes say so far: nothing yet (more must come), or the body, or an error.
/// `ended`: the other side has closed. Pure; for http_get and its tests.
[[nodiscard]] std::optional<Result<std::string>> parse_http_reply(std::string_view bytes,
                                                                  bool ended);

}  // namespace holdfast
