// SPDX-License-Identifier: Apache-2.0
// The restarts of one process over the last hour, minute by minute, as they fit into the check's
// memory. PM2's own counter says how many there were, not when, and `pm2 reset`, deleting or a
// new daemon set it back to zero: that is a new beginning, never a negative rate. A plain value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast::pm2 {

class RestartHistory {
 public:
  /// Begins at this counter; nothing is known of what was before. Times are epoch seconds.
  RestartHistory(double counter, double now) : counter_(counter), since_(now) {}
  /// What `render` wrote; nothing when it is not that (an older version's memory).
  [[nodiscard]] static std::optional<RestartHistory> parse(std::string_view text);
  [[nodiscard]] std::string render() const;

  /// Takes the counter of this look; gives the restarts since the last one.
  double look(double counter, double now);
  /// Restarts within the last hour, as far as it was watched.
  [[nodiscard]] double in_last_hour() const;
  /// How much of the last hour was watched, in seconds.
  [[nodiscard]] double watched(double now) const;

 private:
  double counter_;
  double since_;
  std::map<std::int64_t, double> by_minute_;  // At most 61 entries.
};

}  // namespace holdfast::pm2
