// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/values.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace holdfast {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Removes a number without sign, exponent, hex or "inf" from the front. At most 32 characters: a
// longer one is a mistake that from_chars would read to its end.
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || !is_digit(text[0])) return std::nullopt;
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  if (end > 32) return std::nullopt;
  double value = 0;
  const auto [at, error] =
      std::from_chars(text.data(), text.data() + end, value, std::chars_format::fixed);
  if (error != std::errc{} || at != text.data() + end || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(end);
  return value;
}

struct NamedFactor {
  std::string_view name;
  double factor;
};

template <std::size_t N>
std::optional<double> factor_of(const std::array<NamedFactor, N>& units, std::string_view name) {
  const auto found = std::ranges::find(units, name, &NamedFactor::name);
  if (found == units.end()) return std::nullopt;
  return found->factor;
}

constexpr std::array<NamedFactor, 8> kTimeUnits{{{"us", 1e-6},
                                                 {"µs", 1e-6},
                                                 {"ms", 1e-3},
                                                 {"s", 1},
                                                 {"m", 60},
                                                 {"h", 3600},
                                                 {"d", 86400},
                                                 {"w", 604800}}};
constexpr std::array<NamedFactor, 11> kSizeUnits{{{"", 1},
                                                  {"B", 1},
                                                  {"kB", 1e3},
                                                  {"KB", 1e3},
                                                  {"MB", 1e6},
                                                  {"GB", 1e9},
                                                  {"TB", 1e12},
                                                  {"KiB", 1024.0},
                                                  {"MiB", 1048576.0},
                                                  {"GiB", 1073741824.0},
                                                  {"TiB", 1099511627776.0}}};
constexpr const char* kNegative = "must not be negative";
constexpr const char* kTooLarge = "is too large";
constexpr const char* kNoDuration = "is not a duration such as 250ms, 15s, 5m or 7d";

// The error of an invalid text; a negative number has its own.
template <class T>
Parsed<T> refuse(std::string_view text, const char* error) {
  return {std::nullopt, text.size() > 1 && text[0] == '-' && is_digit(text[1]) ? kNegative : error};
}

template <std::size_t N>
Parsed<double> with_unit(std::string_view text, const std::array<NamedFactor, N>& units,
                         const char* error) {
  std::string_view rest = text;
  const std::optional<double> number = take_number(rest);
  if (!number) return refuse<double>(text, error);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  const std::optional<double> factor = factor_of(units, rest);
  if (!factor) return {std::nullopt, error};
  if (*number * *factor > kMaxNumber) return {std::nullopt, kTooLarge};
  return {*number * *factor, {}};
}

}  // namespace

Parsed<Duration> parse_duration(std::string_view text) {
  if (text == "0") return {Duration{0}, {}};
  std::string_view rest = text;
  double sum = 0;
  double last = INFINITY;  // Units must descend: 1h30m is a duration, 30m1h is not.
  if (rest.empty()) return {std::nullopt, kNoDuration};
  while (!rest.empty()) {
    const std::optional<double> number = take_number(rest);
    if (!number) return refuse<Duration>(text, kNoDuration);
    const std::size_t end = std::min(rest.find_first_of("0123456789."), rest.size());
    const std::optional<double> factor = factor_of(kTimeUnits, rest.substr(0, end));
    if (!factor && end == 0) return {std::nullopt, "has no unit; write 250ms, 15s, 5m or 7d"};
    if (!factor || *factor >= last) return {std::nullopt, kNoDuration};
    last = *factor;
    sum += *number * *factor;
    rest.remove_prefix(end);
  }
  if (sum > seconds(kMaxDuration)) return {std::nullopt, "is longer than ten years"};
  return {from_seconds(sum), {}};
}

Parsed<double> parse_size(std::string_view text) {
  return with_unit(text, kSizeUnits, "is not a size such as 512MiB, 10GB or 4096");
}

Parsed<double> parse_ratio(std::string_view text) {
  static constexpr const char* kError = "is not a ratio such as 80% or 0.8";
  std::string_view rest = text;
  const std::optional<double> number = take_number(rest);
  if (!number) return refuse<double>(text, kError);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (!rest.empty() && rest != "%") return {std::nullopt, kError};
  const double ratio = rest == "%" ? *number / 100 : *number;
  if (ratio > 1 && rest.empty())
    return {std::nullopt, "is over 100%; write a percentage with its sign, such as 80%"};
  if (ratio > 1) return {std::nullopt, "is over 100%"};
  return {ratio, {}};
}

Parsed<double> parse_count(std::string_view text) {
  static constexpr const char* kError = "is not a whole number";
  Parsed<double> number = parse_number(text);
  if (!number.value) return number.error == kTooLarge ? number : refuse<double>(text, kError);
  if (std::floor(*number.value) != *number.value) return {std::nullopt, kError};
  return number;
}

Parsed<double> parse_number(std::string_view text) {
  static constexpr std::array<NamedFactor, 1> kPlain{{{"", 1}}};
  return with_unit(text, kPlain, "is not a number");
}

Parsed<bool> parse_flag(std::string_view text) {
  if (text == "true" || text == "yes" || text == "on") return {true, {}};
  if (text == "false" || text == "no" || text == "off") return {false, {}};
  return {std::nullopt, "is not true or false"};
}

Parsed<double> parse_unit(std::string_view text, Unit unit) {
  switch (unit) {
    case Unit::seconds: {
      const Parsed<Duration> span = parse_duration(text);
      if (!span.value) return {std::nullopt, span.error};
      return {seconds(*span.value), {}};
    }
    case Unit::bytes:
      return parse_size(text);
    case Unit::ratio:
      return parse_ratio(text);
    case Unit::count:
      return parse_count(text);
    case Unit::none:
      break;
  }
  return parse_number(text);
}

Parsed<std::chrono::sys_seconds> parse_instant(std::string_view text) {
  using namespace std::chrono;
  Parsed<sys_seconds> error{
      std::nullopt, "is not a timestamp with UTC offset, such as 2025-11-06T16:56:00+03:00"};
  static constexpr std::string_view kShape = "0000-00-00T00:00:00";
  const auto fits = [](std::string_view part, std::string_view shape) {
    return part.size() == shape.size() && std::ranges::equal(part, shape, [](char c, char s) {
             return s == '0' ? is_digit(c) : c == s;
           });
  };
  const auto number = [&](std::size_t at, std::size_t size) {
    int out = 0;
    std::from_chars(text.data() + at, text.data() + at + size, out);
    return out;
  };
  if (text.size() < kShape.size() + 1 || !fits(text.substr(0, kShape.size()), kShape)) return error;
  std::string_view zone = text.substr(kShape.size());
  minutes offset{0};
  if (zone != "Z" && zone != "z") {
    if (!fits(zone, "+00:00") && !fits(zone, "-00:00")) return error;
    offset = hours(number(20, 2)) + minutes(number(23, 2));
    if (number(20, 2) > 23 || number(23, 2) > 59) return error;
    if (zone[0] == '-') offset = -offset;
  }
  const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                           std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2);
  const int minute = number(14, 2);
  const int second = number(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 60) return error;
  return {sys_seconds(sys_days(day)) + hours(hour) + minutes(minute) +
              std::chrono::seconds(second) - offset,
          {}};
}

}  // namespace holdfast
