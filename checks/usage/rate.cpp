// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/rate.h"

#include <charconv>
#include <cmath>

namespace holdfast::usage {

std::optional<Rate> parse_rate(std::string_view text) {
  Rate rate;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, rate.count);
  if (error != std::errc() || !std::isfinite(rate.count) || rate.count <= 0) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit == "/m")
    rate.per = std::chrono::minutes(1);
  else if (unit == "/d")
    rate.per = std::chrono::hours(24);
  else if (!unit.empty() && unit != "/h")
    return std::nullopt;
  if (rate.count < 1) {
    const double longer = seconds(rate.per) / rate.count;
    if (longer > seconds(kLongestRate)) return std::nullopt;
    rate = {1, from_seconds(longer)};
  }
  return rate.per < kShortestRate ? std::nullopt : std::optional(rate);
}

std::string span_of(const Rate& rate) {
  if (rate.per == std::chrono::minutes(1)) return "minute";
  if (rate.per == std::chrono::hours(1)) return "hour";
  if (rate.per == std::chrono::hours(24)) return "day";
  return render_duration(rate.per);
}

std::string render(const Rate& rate) {
  const std::string span = span_of(rate);
  const std::string count = render_value(rate.count, Unit::count);
  if (span == "hour") return count + " an hour";
  return count + (span == "minute" || span == "day" ? " a " : " in ") + span;
}

}  // namespace holdfast::usage
