// SPDX-License-Identifier: Apache-2.0
// The board and the windows as JSON for programs: GET /api/v1/status. Pure function.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "exporter/metrics/status_store.h"
#include "exporter/window/window.h"

namespace holdfast {

/// Of each list (findings, notes …) this many entries are shown, and how many were left out.
inline constexpr std::size_t kMaxShownEntries = 100;

/// The document, compact, without anything that changes while the board does not: instants stand
/// in it and no ages, so that an ETag by the board's generation holds. `replayed_until`: in a
/// demonstration, what the windows know of before was made up. `history`: what stands against the
/// history, and so against what windows know.
[[nodiscard]] std::string render_status_json(const std::vector<CheckView>& checks,
                                             const std::vector<WindowResult>& windows,
                                             std::chrono::system_clock::time_point started,
                                             std::optional<WallTime> replayed_until = {},
                                             const std::vector<Finding>& history = {});

/// An instant as "2026-01-31T08:05:00.123Z".
[[nodiscard]] std::string render_instant(std::chrono::system_clock::time_point at);

}  // namespace holdfast
