// SPDX-License-Identifier: Apache-2.0
// The restarts of one process in the last hour, by minute, stored in the check's memory. PM2's own
// counter has no times, and `pm2 reset`, `pm2 delete` or a new daemon reset it to zero, which
// starts a new history and is never a negative rate. A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::pm2 {

class RestartHistory {
 public:
  /// Starts at this counter, without any earlier restarts. Times are epoch seconds.
  RestartHistory(double counter, double now) : counter_(counter), since_(now) {}
  /// Reads what `render` wrote; nothing when the text is something else.
  [[nodiscard]] static std::optional<RestartHistory> parse(std::string_view text);
  [[nodiscard]] std::string render() const;

  /// Adds the counter's current value; returns the restarts since the previous one.
  double add(double counter, double now);
  /// Restarts within the observed part of the last hour.
  [[nodiscard]] double in_last_hour() const;
  /// How much of the last hour was observed, in seconds.
  [[nodiscard]] double observed(double now) const;

 private:
  double counter_;
  double since_;
  std::map<std::int64_t, double> by_minute_;  // At most 61 entries.
};

}  // namespace holdfast::pm2
