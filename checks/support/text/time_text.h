// SPDX-License-Identifier: Apache-2.0
// Instants as text. Durations: render_duration in checks/base/limits.h. Pure, any thread.
#pragma once

#include <chrono>
#include <string>

namespace holdfast {

/// `at` in UTC by a pattern of strftime, "%Y-%m-%d %H:%M UTC"; at most 63 bytes. A local time
/// (checks/base/local_time.h) is passed as if it were UTC.
[[nodiscard]] std::string format_time(std::chrono::system_clock::time_point at,
                                      const char* pattern);
/// "2025-11-06T13:56:00.250Z": RFC 3339 in UTC, to the millisecond.
[[nodiscard]] std::string render_instant(std::chrono::system_clock::time_point at);

}  // namespace holdfast
