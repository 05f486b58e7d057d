// SPDX-License-Identifier: Apache-2.0
// Conversion between instants and local time. The only user of cctz, which reads the system's
// zone data (package tzdata). Any thread. A zone is an IANA name, or empty for the system's own
// (TZ, /etc/localtime).
#pragma once

#include <chrono>
#include <string>

namespace holdfast {

/// Local date and time; `floor<std::chrono::days>` gives the day.
using LocalTime = std::chrono::local_seconds;

/// Whether the system has data for the zone.
[[nodiscard]] bool is_time_zone(const std::string& zone);

/// The local time at an instant. An unknown zone is treated as UTC.
[[nodiscard]] LocalTime local_time_at(std::chrono::system_clock::time_point at,
                                      const std::string& zone);

/// The instant of a local time. For a time skipped in spring it is the moment of the change; for a
/// time that occurs twice in autumn, the first of both.
[[nodiscard]] std::chrono::sys_seconds instant_of(LocalTime at, const std::string& zone);

}  // namespace holdfast
