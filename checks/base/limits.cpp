// SPDX-License-Identifier: Apache-2.0
#include "checks/base/limits.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace holdfast {
namespace {

// At most three significant digits and no trailing zeros: enough to compare.
std::string render_number(double value) {
  std::array<char, 64> text{};
  const double size = std::fabs(value);
  const int decimals = size >= 100 || std::floor(size) == size ? 0 : size >= 10 ? 1 : 2;
  const int length = std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  std::string out(text.data(), static_cast<std::size_t>(length > 0 ? length : 0));
  if (out.find('.') != std::string::npos) {
    while (out.ends_with('0')) out.pop_back();
    if (out.ends_with('.')) out.pop_back();
  }
  return out;
}

std::string two_units(double value, double small, std::string_view big_name,
                      std::string_view small_name) {
  const double big = std::floor(value / small);
  const double rest = std::floor(std::fmod(value, small) / (small / (small == 86400 ? 24 : 60)));
  std::string out = render_number(big) + " " + std::string(big_name);
  if (rest > 0) out += " " + render_number(rest) + " " + std::string(small_name);
  return out;
}

std::string render_seconds(double value) {
  if (value < 0) return "-" + render_seconds(-value);
  if (value == 0) return "0 s";
  if (value < 0.001) return render_number(value * 1e6) + " µs";
  if (value < 1) return render_number(value * 1e3) + " ms";
  // Two of a unit before it is used, so that 90 s stay 90 s; exactly one is 1 min, 1 h or 1 d.
  if (value < 120 && value != 60) return render_number(value) + " s";
  if (value < 7200 && value != 3600) return two_units(value, 60, "min", "s");
  if (value < 2 * 86400 && value != 86400) return two_units(value, 3600, "h", "min");
  return two_units(value, 86400, "d", "h");
}

std::string render_bytes(double value) {
  static constexpr std::array<const char*, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (std::fabs(value) >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return render_number(value) + " " + kUnits.at(unit);
}

}  // namespace

Status Limit::judge(double value) const {
  const auto crossed = [&](const std::optional<double>& bound) {
    return bound && (side == Side::upper ? value > *bound : value < *bound);
  };
  if (crossed(critical)) return Status::critical;
  return crossed(warning) ? Status::warning : Status::ok;
}

std::optional<double> Limit::bound(Status severity) const {
  if (severity == Status::critical) return critical;
  return severity == Status::warning ? warning : std::nullopt;
}

std::string render_value(double value, Unit unit) {
  switch (unit) {
    case Unit::seconds:
      return render_seconds(value);
    case Unit::bytes:
      return render_bytes(value);
    case Unit::ratio:
      return render_number(value * 100) + " %";
    case Unit::none:
    case Unit::count:
      break;
  }
  return render_number(value);
}

std::string render_duration(Duration d) { return render_seconds(seconds(d)); }

std::string limit_text(const Limit& limit, Status severity) {
  return "limit " + render_value(limit.bound(severity).value_or(0), limit.unit);
}

std::string render_count(double n, std::string_view noun, std::string_view plural) {
  std::string out = render_number(n) + " ";
  if (n == 1) return out.append(noun);
  return plural.empty() ? out.append(noun).append("s") : out.append(plural);
}

}  // namespace holdfast
