// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 GET for a small JSON document under one deadline. Redirects are not followed, the
// connection is not reused, at most 1 MiB is read. Plain http only. (cpp-httplib's client limits
// each read but not the whole request, and uses getaddrinfo.) Stateless; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/support/io/deadline.h"
#include "checks/support/io/resolver.h"

namespace holdfast {

/// The maximum size of a response, headers included; more is `too_large`.
inline constexpr std::size_t kMaxHttpBytes = 1024 * 1024;
inline constexpr std::size_t kMaxHttpHeadBytes = 16 * 1024;

struct HttpUrl {
  std::string host;       ///< Name or address, without the brackets of IPv6.
  std::string port;       ///< "80" when the URL names none.
  std::string target;     ///< Path and query, as sent.
  std::string authority;  ///< For the Host field.
};
/// The parts of "http://host:port/path", or an error in `fault` ("must begin with http://").
[[nodiscard]] std::optional<HttpUrl> parse_http_url(std::string_view url, std::string& fault);

/// The body of a response with status 200. `bearer` may be empty. Errors: of the resolver; refused,
/// unreachable, timed_out, stopped (phases "resolve", "tcp", "read"); http_status (any other than
/// 200), closed, half_reply, garbage, too_large.
[[nodiscard]] Result<std::string> http_get(const HttpUrl& url, std::string_view bearer,
                                           Resolver& resolver, const Deadline& deadline);

/// Parses a response: empty if it is incomplete, else the body or an error. `ended`: the server has
/// closed the connection. Pure; for http_get and its tests.
[[nodiscard]] std::optional<Result<std::string>> parse_http_reply(std::string_view bytes,
                                                                  bool ended);
/// The status in the first line of a response; empty if that is malformed.
[[nodiscard]] std::optional<int> parse_http_status(std::string_view bytes);

}  // namespace holdfast
