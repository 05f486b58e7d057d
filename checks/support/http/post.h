// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 POST, or a GET for its status alone, over http or https, every step under one
// deadline. No redirect is followed, so a token in the URL or a header goes to the configured host
// and nowhere else. The certificate and the host name are always verified. Functions of one thread;
// they keep nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/support/http/get.h"

namespace holdfast {

struct PostUrl {
  HttpUrl parts;
  bool is_https = false;
};
/// The parts of "https://host/path" or "http://…", or what is wrong with it; `fault` never quotes
/// the URL, which may hold a token.
[[nodiscard]] std::optional<PostUrl> parse_post_url(std::string_view url, std::string& fault);

struct PostRequest {
  PostUrl url;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Ours: no line breaks inside.
  std::string ca_file;  ///< Trusted instead of the system's authorities; may be empty.
};

/// The status of the reply, whatever it is; the body is not read. Errors: of the look-up, the
/// connection, the handshake (phase "tls"), and of reading (timed_out, closed, garbage, too_large).
[[nodiscard]] Result<int> http_post(const PostRequest& request, Resolver& resolver,
                                    const Deadline& deadline);

/// The status of a GET without a body: what every service that waits for a sign of life takes.
/// `ca_file` and errors as above.
[[nodiscard]] Result<int> http_ping(const PostUrl& url, const std::string& ca_file,
                                    Resolver& resolver, const Deadline& deadline);

}  // namespace holdfast
