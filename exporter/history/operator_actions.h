// SPDX-License-Identifier: Apache-2.0
// What a person tells the daemon from another process, through the history file: maintenance, and
// that a baseline is accepted. Each call opens the file anew. Any thread.
#pragma once

#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// The daemon's file, for telling; errors as sentences for a person: missing (there is none),
/// own_limit, garbage.
[[nodiscard]] Result<std::unique_ptr<Sqlite>> open_for_actions(const std::string& path);

[[nodiscard]] Result<Done> request_action(Sqlite& file, const OperatorAction& action);
[[nodiscard]] Result<std::vector<OperatorAction>> pending_actions(Sqlite& file);

/// Declares; gives its number.
[[nodiscard]] Result<std::int64_t> declare_maintenance(Sqlite& file, const Maintenance& wanted);
/// Ends at `now` whatever is on; gives how many were.
[[nodiscard]] Result<std::int64_t> end_maintenance(Sqlite& file, WallTime now);

}  // namespace holdfast
