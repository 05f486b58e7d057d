// SPDX-License-Identifier: Apache-2.0
// Finds gaps and their causes: from the last liveness mark of the previous daemon, and from the
// clocks while this one runs. Pure; one thread.
#pragma once

#include <optional>
#include <string>

#include "exporter/history/clock.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// When the daemon was last alive, as stored in a note of the history.
struct LivenessMark {
  WallTime at;
  std::string boot_id;
  bool is_clean_stop = false;
};
/// The note's name.
inline constexpr const char* kLivenessMark = "liveness";
[[nodiscard]] std::string render_liveness_mark(const LivenessMark& mark);
/// Empty when the text is not a mark.
[[nodiscard]] std::optional<LivenessMark> parse_liveness_mark(const std::string& text);

/// The gap between the last mark and a start at `now`; empty when the clock is before the mark.
[[nodiscard]] std::optional<Gap> gap_at_start(const LivenessMark& last, WallTime now,
                                              const std::string& boot_id);
/// The gap between two readings of the clocks in one process: a suspended host or a clock jump.
[[nodiscard]] std::optional<Gap> gap_between(const Moment& before, const Moment& now);

}  // namespace holdfast
