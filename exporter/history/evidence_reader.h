// SPDX-License-Identifier: Apache-2.0
// Reads evidence from the history's tables, bounded in rows. One thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// Incidents returned for one check; the rest is counted.
inline constexpr std::size_t kMaxEvidenceIncidents = 2000;

/// The evidence of `range` for these checks, in this order.
[[nodiscard]] Result<Evidence> read_evidence(Sqlite& file, const Span& range,
                                             const std::vector<std::string>& checks);
/// What checks remember, by check. Empty too when it cannot be read.
[[nodiscard]] std::map<std::string, Memory> read_memories(Sqlite& file);
/// The stored texts by key.
[[nodiscard]] std::map<std::string, std::string> read_notes(Sqlite& file);
[[nodiscard]] Result<std::vector<Maintenance>> read_maintenance(Sqlite& file, const Span& range);

}  // namespace holdfast
