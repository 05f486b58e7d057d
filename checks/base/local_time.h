// SPDX-License-Identifier: Apache-2.0
// What the clock on a wall shows in a time zone, and back. The one seam to cctz, which reads the
// machine's zone data (package tzdata); any thread. A zone is named as in the config: an IANA
// name, or the empty text for the system's own (TZ, /etc/localtime).
#pragma once

#include <chrono>
#include <string>

namespace holdfast {

/// Date and time as people of that place say it. `floor<std::chrono::days>` gives the day, and
/// `year_month_day` and `weekday` are made of that.
using LocalTime = std::chrono::local_seconds;

/// Whether this machine knows the zone. A config is refused that names another.
[[nodiscard]] bool is_time_zone(const std::string& zone);

/// What the clock shows at that instant. A zone nobody knows counts as UTC.
[[nodiscard]] LocalTime local_time_at(std::chrono::system_clock::time_point at,
                                      const std::string& zone);

/// The first instant at which the clock shows `at`. A time that is skipped in spring is the moment
/// of the change; of a time that comes twice in autumn it is the first: so each day has one 02:30.
[[nodiscard]] std::chrono::sys_seconds instant_of(LocalTime at, const std::string& zone);

}  // namespace holdfast
