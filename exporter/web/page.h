// SPDX-License-Identifier: Apache-2.0
// Requests and responses as the endpoints see them, independent of sockets and of the HTTP library.
// Plain values.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace holdfast {

struct PageRequest {
  std::string method;
  std::string path;                                         ///< Decoded, without the query.
  std::multimap<std::string, std::string> query;            ///< Decoded.
  std::map<std::string, std::string, std::less<>> headers;  ///< Lower-case names.

  /// The value of a header by its lower-case name, or an empty text.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string_view{} : std::string_view{found->second};
  }
};

using PageHeaders = std::vector<std::pair<std::string, std::string>>;

struct PageResponse {
  int status = 200;
  std::string content_type;
  std::shared_ptr<const std::string> body;  ///< Never null; shared with caches.
  PageHeaders headers;
};

[[nodiscard]] inline PageResponse make_page(int status, std::string_view type, std::string body,
                                            PageHeaders headers = {}) {
  return {status, std::string(type), std::make_shared<const std::string>(std::move(body)),
          std::move(headers)};
}

/// A plain text response; a newline is appended.
[[nodiscard]] inline PageResponse text_page(int status, const std::string& text,
                                            PageHeaders headers = {}) {
  return make_page(status, "text/plain; charset=utf-8", text + '\n', std::move(headers));
}

/// Handles one request; called by several workers at once. An exception becomes a 500.
using Answer = std::function<PageResponse(const PageRequest&)>;

}  // namespace holdfast
