// SPDX-License-Identifier: Apache-2.0
// Requests of the operator to the daemon from another process, through the history file:
// maintenance and accepted baselines. Any thread.
#pragma once

#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// Opens the daemon's file for requests. Errors, as sentences for the operator: missing (there is
/// none), own_limit, garbage.
[[nodiscard]] Result<std::unique_ptr<Sqlite>> open_for_actions(const std::string& path);

[[nodiscard]] Result<Done> request_action(Sqlite& file, const OperatorAction& action);
[[nodiscard]] Result<std::vector<OperatorAction>> pending_actions(Sqlite& file);

/// Returns its number.
[[nodiscard]] Result<std::int64_t> declare_maintenance(Sqlite& file, const Maintenance& wanted);
/// Ends all active maintenance at `now`; returns how many there were.
[[nodiscard]] Result<std::int64_t> end_maintenance(Sqlite& file, WallTime now);

}  // namespace holdfast
