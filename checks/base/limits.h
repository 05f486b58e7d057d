// SPDX-License-Identifier: Apache-2.0
// Limits from the config, and values and limits as text. Plain values. An upper limit is crossed by
// a greater value, a lower limit by a smaller one; the limit itself is still ok.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "checks/base/result.h"

namespace holdfast {

using Duration = std::chrono::nanoseconds;
using WallTime = std::chrono::system_clock::time_point;

/// Seconds as a double, the base unit of every exported time.
[[nodiscard]] constexpr double seconds(Duration d) {
  return std::chrono::duration<double>(d).count();
}
[[nodiscard]] constexpr Duration from_seconds(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

/// The unit of a value: how it is parsed from the config and printed.
enum class Unit : std::uint8_t { none, seconds, bytes, ratio, count };

/// A warning and a critical bound on one value, in base units; either may be absent.
struct Limit {
  enum class Side : std::uint8_t { upper, lower };
  Unit unit = Unit::none;
  Side side = Side::upper;
  std::optional<double> warning;
  std::optional<double> critical;
  bool operator==(const Limit&) const = default;

  /// The worst bound that `value` crosses. NaN crosses none: callers reject unreadable numbers
  /// before.
  [[nodiscard]] Status judge(double value) const;
  /// The bound of that severity, if set.
  [[nodiscard]] std::optional<double> bound(Status severity) const;
};

/// A value with its unit: "95 ms", "90 s", "1 min", "5 d 3 h", "512 MiB", "83 %", "12".
[[nodiscard]] std::string render_value(double value, Unit unit);
/// The same for a duration.
[[nodiscard]] std::string render_duration(Duration d);
/// "limit 20 %": the bound of that severity, for the sentence of a finding.
[[nodiscard]] std::string limit_text(const Limit& limit, Status severity);
/// "1 key", "3 keys"; `plural` defaults to noun + "s".
[[nodiscard]] std::string render_count(double n, std::string_view noun,
                                       std::string_view plural = {});

}  // namespace holdfast
