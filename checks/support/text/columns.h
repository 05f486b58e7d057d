// SPDX-License-Identifier: Apache-2.0
// Text for a terminal: untrusted text without control characters, measured in columns instead of
// bytes. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

/// The default limit of `printable`: two lines of a usual terminal.
inline constexpr std::size_t kMaxShownColumns = 200;

/// `text` with control characters, direction marks and invalid bytes escaped ("\n", "\x1b",
/// "\u202e"), cut to `max_columns` with a closing "…".
[[nodiscard]] std::string printable(std::string_view text,
                                    std::size_t max_columns = kMaxShownColumns);
/// How many terminal columns `text` takes: 0 for combining marks, 2 for wide characters.
[[nodiscard]] std::size_t width_of(std::string_view text);
/// `text` filled with spaces to at least `width` columns.
[[nodiscard]] std::string pad_right(std::string text, std::size_t width);
/// The same with the spaces in front.
[[nodiscard]] std::string pad_left(const std::string& text, std::size_t width);
/// "a, b and c".
template <class Range>
[[nodiscard]] std::string join_words(const Range& words, std::string_view last = " and ") {
  std::string out;
  std::size_t left = std::size(words);
  for (const auto& word : words) {
    out += word;
    --left;
    if (left > 1) out += ", ";
    if (left == 1) out += last;
  }
  return out;
}

}  // namespace holdfast
