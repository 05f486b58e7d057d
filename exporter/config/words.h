// SPDX-License-Identifier: Apache-2.0
// The nearest known word to a mistyped one. Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace holdfast {

/// The known word with the least edit distance to `word`, if it is near enough to be what was
/// meant (a third of its letters); empty otherwise, and for words over 64 letters.
[[nodiscard]] std::string nearest_word(std::string_view word, std::span<const std::string> known);
/// "; did you mean latency?" when there is a near word, else "; expected a, b or c" while the list
/// is short, else nothing.
[[nodiscard]] std::string suggest(std::string_view word, std::span<const std::string> known);
/// Whether `known` has that name. An empty one in it could not be read, and may be any.
[[nodiscard]] bool is_known(std::string_view name, std::span<const std::string> known);
/// Whether checks, databases and windows may have that name: [a-z0-9_-]{1,64}.
[[nodiscard]] bool is_name(std::string_view name);
inline constexpr const char* kNameRule = "must be 1 to 64 characters of a-z, 0-9, _ and -";

}  // namespace holdfast
