// SPDX-License-Identifier: Apache-2.0
// Why there was nobody to look: from the last sign of life of the daemon before, and from what the
// clocks did while this one ran. Pure; one thread.
#pragma once

#include <optional>
#include <string>

#include "exporter/history/clock.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// A sign of life, as it stands in the history's notes.
struct LivenessMark {
  WallTime at;
  std::string boot_id;
  bool is_clean_stop = false;
};
/// The note's name.
inline constexpr const char* kLivenessMark = "heartbeat";
[[nodiscard]] std::string render_liveness_mark(const LivenessMark& beat);
/// Empty when the text is none of ours.
[[nodiscard]] std::optional<LivenessMark> parse_liveness_mark(const std::string& text);

/// The gap between the last sign of life and a start at `now`; empty where the clock stands before
/// that sign.
[[nodiscard]] std::optional<Gap> gap_at_start(const LivenessMark& last, WallTime now,
                                              const std::string& boot_id);
/// The gap between two looks at the clocks of one process: the machine slept, or the clock jumped.
[[nodiscard]] std::optional<Gap> gap_between(const Moment& before, const Moment& now);

}  // namespace holdfast
