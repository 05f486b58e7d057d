// SPDX-License-Identifier: Apache-2.0
// The tables of the history file, and how an older file becomes one of today. One thread.
#pragma once

#include "exporter/history/sqlite.h"

namespace holdfast {

/// 1: the memory of checks. 2: spans, incidents, latencies, use, gaps, maintenance, notes, orders.
inline constexpr int kHistorySchema = 2;

/// Makes the tables in an open file, or brings an older file to today's in one transaction.
/// Errors: garbage (damaged), own_limit (of a newer Holdfast: left as it is; disk full …).
[[nodiscard]] Result<Done> prepare_history(Sqlite& file);
/// Whether a file that is only read has today's tables. Errors as above.
[[nodiscard]] Result<Done> accept_history(Sqlite& file);

}  // namespace holdfast
