// SPDX-License-Identifier: Apache-2.0
// Finds the end of one HTTP/1 request in a stream of bytes and validates its head. Strict: requests
// that two parsers could read differently are rejected, against request smuggling. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace holdfast {

/// Prometheus sends less than 1 KiB; browsers with many cookies stay below 8 KiB.
inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
/// No endpoint reads a body yet.
inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;
inline constexpr std::size_t kMaxTargetBytes = 4 * 1024;
inline constexpr std::size_t kMaxHeaderLines = 100;

/// The head of one request.
struct RequestHead {
  std::string method = "GET";
  std::string target = "/";  ///< As sent: path and query, still percent-encoded.
  /// Lower-case names; a repeated header's values joined by ", ".
  std::map<std::string, std::string, std::less<>> headers;
  std::size_t body_bytes = 0;
  bool keep_alive = true;
};

/// What the bytes so far are: the begin of a request, a complete one, or an invalid one.
struct Framing {
  bool is_done = false;  ///< Complete or invalid.
  int refusal = 0;       ///< HTTP status for an invalid one; the connection must close after it.
  RequestHead head;
  std::size_t size = 0;  ///< Bytes of head and body; 0 until the head is complete.
};

/// Parses the request at the start of `bytes`. Cheap to call again as more bytes arrive.
[[nodiscard]] Framing frame_request(std::string_view bytes);

}  // namespace holdfast
