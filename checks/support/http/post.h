// SPDX-License-Identifier: Apache-2.0
// One HTTP/1.1 POST, or a GET for its status only, over http or https, under one deadline.
// Redirects are not followed, so that a token in the URL or a header is sent to the configured host
// only. The certificate and the host name are always verified. Stateless; any thread.
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
/// The parts of "https://host/path" or "http://…", or an error in `fault`, which never quotes the
/// URL, since it may contain a token.
[[nodiscard]] std::optional<PostUrl> parse_post_url(std::string_view url, std::string& fault);

struct PostRequest {
  PostUrl url;
  std::string content_type;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Without line breaks.
  std::string ca_file;  ///< Replaces the system's authorities; may be empty.
};

/// The status of the response, whatever it is; the body is not read. Errors: of the resolver, the
/// connection, the handshake (phase "tls"), and of reading (timed_out, closed, garbage, too_large).
[[nodiscard]] Result<int> http_post(const PostRequest& request, Resolver& resolver,
                                    const Deadline& deadline);

/// The status of a GET, as heartbeat services accept it. `ca_file` and errors as above.
[[nodiscard]] Result<int> http_ping(const PostUrl& url, const std::string& ca_file,
                                    Resolver& resolver, const Deadline& deadline);

}  // namespace holdfast
