// SPDX-License-Identifier: Apache-2.0
// Texts from outside made fit to show: bounded and valid UTF-8. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace holdfast {

/// Names in labels and subjects; longer ones are cut, since a name of 10,000 characters would
/// make every page that size.
inline constexpr std::size_t kMaxNameBytes = 200;
/// Sentences of findings and failures.
inline constexpr std::size_t kMaxSentenceBytes = 500;

/// `text` as valid UTF-8 of at most `limit` bytes: bad bytes become U+FFFD, control characters
/// spaces; what is cut off ends in "…".
[[nodiscard]] std::string plain_text(std::string_view text, std::size_t limit);

}  // namespace holdfast
