// SPDX-License-Identifier: Apache-2.0
// The tables of the history file, and the migration of older files. One thread.
#pragma once

#include "exporter/history/sqlite.h"

namespace holdfast {

/// 1: the memory of checks. 2: spans, incidents, latencies, use, gaps, maintenance, notes, orders.
inline constexpr int kHistorySchema = 2;
/// The key of a check's memory, one row of JSON. Rows under other keys are of older builds: they
/// count as no memory, and go when the check's memory is next written.
inline constexpr std::string_view kMemoryKey = "json";
/// An hour of file time (ms). Distributions are stored by the hour.
inline constexpr std::int64_t kHour = 3'600'000;

/// Creates the tables in an open file, or migrates an older one in one transaction.
/// Errors: garbage (damaged), own_limit (of a newer Holdfast: not changed; disk full …).
[[nodiscard]] Result<Done> prepare_history(Sqlite& file);
/// Whether a file opened for reading has the current tables. Errors as above.
[[nodiscard]] Result<Done> accept_history(Sqlite& file);

}  // namespace holdfast
