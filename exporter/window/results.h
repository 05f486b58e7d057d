// SPDX-License-Identifier: Apache-2.0
// All windows of a configuration judged at once, for the daemon and for reports, and the texts by
// which the history notices that limits or criteria have changed. Plain functions, any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "exporter/window/window.h"

namespace holdfast {

/// What windows need of the history.
struct WindowSource {
  /// All that is known of a span about these checks.
  std::function<Result<Evidence>(const Span&, const std::vector<std::string>& checks)> evidence;
  /// When a window with `start: now` was first seen; stored at the first call.
  std::function<WallTime(const std::string& window, WallTime now)> first_seen;
};

/// The windows in the order of the file. Errors: those of the evidence; then nothing is judged,
/// since a history that cannot be read is no evidence of anything.
[[nodiscard]] Result<std::vector<WindowResult>> make_window_results(const Config& config,
                                                                    const WindowSource& source,
                                                                    WallTime now);
/// On which days which check has to show use, as the options of the checks say.
[[nodiscard]] NeedsUse needs_use_of(const Config& config);
/// The first moment any open or coming window still needs; empty when none does.
[[nodiscard]] std::optional<WallTime> needed_since(const Config& config, const WindowSource& source,
                                                   WallTime now);
/// What limits and criteria say, one line by scope ("check timeweb", "window phase-0").
[[nodiscard]] std::map<std::string, std::string> render_limits(const Config& config);

}  // namespace holdfast
