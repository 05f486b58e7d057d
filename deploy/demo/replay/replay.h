// SPDX-License-Identifier: Apache-2.0
// Gives the demo a past: two invented days (plot.h) go through the daemon's own timetable, runner,
// confirmation and history on a simulated clock, and are marked as replayed. One thread.
#pragma once

#include "exporter/config/config.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// What was replayed.
struct Replayed {
  Span past;
  std::size_t readings = 0;
};

/// The past for this configuration: from the start of its first window to `now`.
/// Errors: missing (there is no window, or it begins elsewhere than two days ago).
[[nodiscard]] Result<Span> past_of(const Config& config, WallTime now);

/// Creates the history file of the configuration and fills it with `past`, completely or not at
/// all. Errors: missing (no file is configured), busy (there is a history already: recorded data is
/// never mixed with replayed data), own_limit (it cannot be written).
[[nodiscard]] Result<Replayed> replay(const Config& config, const Span& past);

}  // namespace holdfast
