// SPDX-License-Identifier: Apache-2.0
// UTF-8: decoding, validation and cutting at whole characters. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

/// Limit for names in labels and subjects: a name of 10,000 characters would fill every page.
inline constexpr std::size_t kMaxNameBytes = 200;
/// Limit for the sentences of findings and failures.
inline constexpr std::size_t kMaxSentenceBytes = 500;

/// One decoded character. An invalid byte is reported alone, with size 1.
struct Utf8Char {
  char32_t code = 0;
  std::size_t size = 1;
  bool is_valid = false;
};

/// The first character of `text`, which must not be empty. Overlong forms and surrogates are
/// invalid.
[[nodiscard]] Utf8Char decode_utf8(std::string_view text);
/// Whether all of `text` is well-formed.
[[nodiscard]] bool is_utf8(std::string_view text);
/// The longest prefix of at most `max_bytes` bytes that ends between two characters.
[[nodiscard]] std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);
/// `text`, or its prefix of at most `max_bytes` bytes followed by "…".
[[nodiscard]] std::string truncate_utf8(std::string_view text, std::size_t max_bytes);
/// `text` as valid UTF-8 of at most `limit` bytes, "…" included: invalid bytes become U+FFFD,
/// control characters become spaces.
[[nodiscard]] std::string plain_text(std::string_view text, std::size_t limit);

}  // namespace holdfast
