// SPDX-License-Identifier: Apache-2.0
// Where one HTTP/1 request ends in a stream of bytes, and whether it may be answered at all.
// Strict on purpose: what two readers could understand in two ways is refused, so that nothing can
// be smuggled past a proxy. Pure functions on values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace holdfast {

/// Prometheus sends less than 1 KiB; browsers with many cookies stay below 8 KiB.
inline constexpr std::size_t kMaxHeadBytes = 16 * 1024;
/// No endpoint reads a body yet; callbacks (a later issue) take 4 KiB.
inline constexpr std::size_t kMaxBodyBytes = 64 * 1024;
inline constexpr std::size_t kMaxTargetBytes = 4 * 1024;
inline constexpr std::size_t kMaxHeaderLines = 100;

/// The head of one request.
struct RequestHead {
  std::string method;
  std::string target;  ///< As sent: path and query, still percent-encoded.
  /// Lower-case names; a repeated header's values joined by ", ".
  std::map<std::string, std::string, std::less<>> headers;
  std::size_t body_bytes = 0;
  bool keep_alive = true;
};

/// What the bytes so far are: part of a request, a whole one, or nothing we will answer.
struct Framing {
  enum class State : std::uint8_t { incomplete, complete, refused };
  State state = State::incomplete;
  RequestHead head;
  std::size_t size = 0;  ///< Bytes of head and body; 0 until the head is whole.
  int refusal = 0;       ///< HTTP status of a refused one; the connection must end after it.
};

/// Reads the request at the start of `bytes`. Cheap to call again as more bytes come.
[[nodiscard]] Framing frame_request(std::string_view bytes);

}  // namespace holdfast
