// SPDX-License-Identifier: Apache-2.0
// Gives the demo a past: two made-up days (plot.h) go through the timetable, the runner, the
// board's confirmation and the history of the daemon itself, with a clock that is set by hand, and
// are marked as replayed. One thread.
#pragma once

#include "exporter/config/config.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// What was replayed.
struct Replayed {
  Span past;
  std::size_t readings = 0;
};

/// The past that the configuration asks for: from the start of its first window to `now`.
/// Errors: missing (there is no window, or it begins elsewhere than two days ago).
[[nodiscard]] Result<Span> past_of(const Config& config, WallTime now);

/// Makes the history file of the configuration and fills it with `past`: it is there whole, or not
/// at all. Errors: missing (no file is configured), busy (there is a history already: what was seen
/// is never mixed with what was not), own_limit (it cannot be written).
[[nodiscard]] Result<Replayed> replay(const Config& config, const Span& past);

}  // namespace holdfast
