// SPDX-License-Identifier: Apache-2.0
// A minimum rate: 1/h, 10/d, 5/m. A plain value; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/base/limits.h"

namespace holdfast::usage {

struct Rate {
  double count = 1;  ///< At least 1: a smaller one is stored as 1 in a longer period.
  Duration per = std::chrono::hours(1);
  bool operator==(const Rate&) const = default;
};

/// PostgreSQL reports counts up to 10 s late: shorter periods would be judged on that delay.
inline constexpr Duration kShortestRate = std::chrono::minutes(1);
/// The longest period of a rate.
inline constexpr Duration kLongestRate = std::chrono::hours(24 * 31);

/// "1/h"; a bare number is per hour. Empty for anything but a rate over 0 within the bounds.
[[nodiscard]] std::optional<Rate> parse_rate(std::string_view text);
/// "1 an hour", "10 a day", "1 in 36 h".
[[nodiscard]] std::string render(const Rate& rate);
/// Its period: "hour", "day", "36 h".
[[nodiscard]] std::string span_of(const Rate& rate);

}  // namespace holdfast::usage
