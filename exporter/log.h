// SPDX-License-Identifier: Apache-2.0
// The daemon's log on stderr: one line an event, as logfmt or JSON, values quoted and escaped. Any
// thread. Fields are our own words and config names: no secret, no server's text (law 4).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "checks/base/result.h"

namespace holdfast {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;
};

/// Sets the log up; before it, nothing is written. Tests pass a file descriptor of their own.
void set_up_log(const LogOptions& options, int fd = 2);

using LogField = std::pair<std::string_view, std::string>;
/// Writes one line: time, level, message and the fields in their order.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

/// The line without its newline, for tests.
[[nodiscard]] std::string render_log_line(LogFormat format, std::string_view time, LogLevel level,
                                          std::string_view message,
                                          std::initializer_list<LogField> fields);

}  // namespace holdfast
