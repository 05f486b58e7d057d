// SPDX-License-Identifier: Apache-2.0
// "At least so many in so long": 1/h, 10/d, 5/m. A plain value; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/base/limits.h"

namespace holdfast::usage {

struct Rate {
  double count = 1;  ///< At least 1: a smaller one is written as 1 in a longer time.
  Duration per = std::chrono::hours(1);
  bool operator==(const Rate&) const = default;
};

/// PostgreSQL itself holds counts back for up to 10 s: shorter times would find its habits.
inline constexpr Duration kShortestRate = std::chrono::minutes(1);
/// The longest time a rate may look back.
inline constexpr Duration kLongestRate = std::chrono::hours(24 * 31);

/// "1/h"; a bare number is one an hour. Nothing for what is no rate over 0, or out of bounds.
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);
/// "1 an hour", "10 a day", "1 in 36 h".
[[nodiscard]] std::string render(const Rate& rate);
/// What it looks back on: "hour", "day", "36 h".
[[nodiscard]] std::string span_of(const Rate& rate);

}  // namespace holdfast::usage
