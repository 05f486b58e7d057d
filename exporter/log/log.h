// SPDX-License-Identifier: Apache-2.0
// The daemon's log on stderr: one line per event, as logfmt or JSON. Written by a thread of its
// own: log() never waits for whoever reads stderr. Any thread. Fields are our own words and names
// from the configuration: no secret, no server's text (law 4).
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace holdfast {

enum class LogLevel : std::uint8_t { info, warn, error };
enum class LogFormat : std::uint8_t { logfmt, json };

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::logfmt;
};

/// Starts the log; until then nothing is written. A log started before ends first: what it holds is
/// written, for at most 200 ms. Call from one thread. Tests pass a file descriptor of their own.
void set_up_log(const LogOptions& options, int fd = 2);

/// Messages that were not written, because the reader of stderr was too slow or has stopped
/// reading.
[[nodiscard]] std::uint64_t log_messages_dropped();

/// The value of a field: text is quoted where needed, numbers and truth values are written as such.
class LogValue {
 public:
  LogValue(std::convertible_to<std::string_view> auto const& text)  // NOLINT: implicit on purpose.
      : value_(std::string(std::string_view(text))) {}
  LogValue(bool value) : value_(value) {}    // NOLINT
  LogValue(double value) : value_(value) {}  // NOLINT
  LogValue(std::integral auto value)         // NOLINT
      : value_(static_cast<std::int64_t>(value)) {}
  [[nodiscard]] const auto& get() const { return value_; }

 private:
  std::variant<std::string, std::int64_t, double, bool> value_;
};

using LogField = std::pair<std::string_view, LogValue>;
/// Logs one line: time, level, message and the fields in their order.
void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace holdfast
