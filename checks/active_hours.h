// SPDX-License-Identifier: Apache-2.0
// The hours in which activity is expected: {hours: "08:00-22:00", days: mon-sat}, in the time zone
// of the config. A value; any thread.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "checks/base/limits.h"
#include "checks/options.h"

namespace holdfast {

/// Always active by default. Hours that end before they begin extend to the next morning and belong
/// to the day on which they begin.
struct ActiveHours {
  std::chrono::minutes begin{0};
  std::chrono::minutes end{std::chrono::hours(24)};
  std::array<bool, 7> days{true, true, true, true, true, true, true};  ///< Sunday first.
  std::string timezone;  ///< As in the config; empty: the system's.

  [[nodiscard]] bool is_always() const;
  [[nodiscard]] bool covers(std::chrono::system_clock::time_point at) const;
  /// How much of the time from `from` to `to` is active; zero if `to` is not later. Only the last
  /// 366 days count.
  [[nodiscard]] Duration between(std::chrono::system_clock::time_point from,
                                 std::chrono::system_clock::time_point to) const;
};

/// The keys of such an option, for its row of a kind's table.
inline constexpr std::string_view kActiveKeys = "hours|days";

/// Parses the option `name`; absent: always active. Errors name the wrong key.
[[nodiscard]] ActiveHours parse_active(const std::map<std::string, std::string>& option,
                                       const std::string& name, const std::string& timezone,
                                       std::vector<OptionError>& errors);

}  // namespace holdfast
