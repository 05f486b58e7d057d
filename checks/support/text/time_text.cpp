// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/time_text.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace holdfast {

std::string format_time(std::chrono::system_clock::time_point at, const char* pattern) {
  // Rounded down, also before 1970: to_time_t may round towards zero.
  const std::time_t instant =
      std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&instant, &parts);
  std::array<char, 64> text{};
  return {text.data(), std::strftime(text.data(), text.size(), pattern, &parts)};
}

std::string render_instant(std::chrono::system_clock::time_point at) {
  const auto rest = at - std::chrono::floor<std::chrono::seconds>(at);
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(rest).count();
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), ".%03dZ", static_cast<int>(milliseconds));
  return format_time(at, "%Y-%m-%dT%H:%M:%S") + text.data();
}

}  // namespace holdfast
