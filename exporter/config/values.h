// SPDX-License-Identifier: Apache-2.0
// Text to value for everything written in a config: durations, sizes, ratios, counts, timestamps.
// Pure functions, any thread. An error is a predicate without the value itself: "is not a duration
// such as 250ms, 15s, 5m or 7d".
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "checks/base/limits.h"

namespace holdfast {

/// A value, or what is wrong with the text.
template <class T>
struct Parsed {
  std::optional<T> value;
  std::string error;
};

/// The longest duration; a longer one is a mistake in the unit.
inline constexpr Duration kMaxDuration = std::chrono::hours(24 * 3650);
/// The largest number: beyond 2^53 a double cannot represent every integer.
inline constexpr double kMaxNumber = 9'007'199'254'740'992.0;

/// "250ms", "15s", "1h30m", "7d"; a bare 0 too. Never negative, at most ten years.
[[nodiscard]] Parsed<Duration> parse_duration(std::string_view text);
/// "512MiB", "10GB", "4096" in bytes.
[[nodiscard]] Parsed<double> parse_size(std::string_view text);
/// "80%" or "0.8", from 0 to 1.
[[nodiscard]] Parsed<double> parse_ratio(std::string_view text);
/// A whole number from 0 on.
[[nodiscard]] Parsed<double> parse_count(std::string_view text);
/// A number from 0 on.
[[nodiscard]] Parsed<double> parse_number(std::string_view text);
/// true, false, yes, no, on, off.
[[nodiscard]] Parsed<bool> parse_flag(std::string_view text);
/// A value of that unit, in base units (seconds for durations).
[[nodiscard]] Parsed<double> parse_unit(std::string_view text, Unit unit);
/// RFC 3339 with offset: "2025-11-06T16:56:00+03:00".
[[nodiscard]] Parsed<std::chrono::sys_seconds> parse_instant(std::string_view text);

}  // namespace holdfast
