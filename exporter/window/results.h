// SPDX-License-Identifier: Apache-2.0
// All windows of a configuration judged at once, for the daemon and for reports, and the texts by
// which the history detects changed limits and criteria. Plain functions, any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exporter/window/window.h"

namespace holdfast {

/// What windows need from the history.
struct WindowSource {
  /// The evidence of these checks in a span.
  std::function<Result<Evidence>(const Span&, const std::vector<std::string>& checks)> evidence;
  /// When a window with `start: now` was first seen; stored at the first call.
  std::function<WallTime(const std::string& window, WallTime now)> first_seen;
};

/// The windows in the order of the file. Errors: those of the evidence; then nothing is judged.
[[nodiscard]] Result<std::vector<WindowResult>> make_window_results(const Config& config,
                                                                    const WindowSource& source,
                                                                    WallTime now);
/// Which check must show use on which day, as its kind says. The configuration outlives it.
[[nodiscard]] NeedsUse needs_use_of(const Config& config, KindLookup kinds = find_kind);
/// The earliest moment that any open or future window still needs; empty when none does.
[[nodiscard]] std::optional<WallTime> needed_since(const Config& config, const WindowSource& source,
                                                   WallTime now);
/// Limits and criteria as text, one line by scope ("check timeweb", "window phase-0").
[[nodiscard]] std::map<std::string, std::string> render_limits(const Config& config);

}  // namespace holdfast
