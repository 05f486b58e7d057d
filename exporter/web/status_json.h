// SPDX-License-Identifier: Apache-2.0
// Check statuses and windows as JSON: GET /api/v1/status. Pure function.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "exporter/metrics/status_store.h"
#include "exporter/window/window.h"

namespace holdfast {

/// At most this many entries of each list (findings, notes …), and how many were left out.
inline constexpr std::size_t kMaxShownEntries = 100;

/// The document, compact. It has instants and no ages, so that it changes only with the generation
/// of the status store and an ETag stays valid. `replayed_until`: in the demo, evidence before it
/// was generated. `history`: findings about the history itself.
[[nodiscard]] std::string render_status_json(const std::vector<CheckView>& checks,
                                             const std::vector<WindowResult>& windows,
                                             std::chrono::system_clock::time_point started,
                                             std::optional<WallTime> replayed_until = {},
                                             const std::vector<Finding>& history = {});

}  // namespace holdfast
