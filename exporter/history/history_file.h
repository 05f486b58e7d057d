// SPDX-License-Identifier: Apache-2.0
// Opens the history file; a damaged one is renamed, never deleted. One thread at a time.
#pragma once

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// An open file, ready to be written.
struct HistoryFile {
  std::unique_ptr<Sqlite> file;
  std::string set_aside;  ///< The new name of a damaged file; empty: none was damaged.
};
/// The note that a damaged file was set aside: when, and its new name.
inline constexpr const char* kSetAside = "set_aside";
[[nodiscard]] std::string render_set_aside(WallTime at, const std::string& path);
/// Reads that note into `out`; any other text is ignored.
void parse_set_aside(const std::string& text, HistoryProblems& out);

/// Opens or creates the file. A damaged one is renamed to "<path>.damaged-<time>" with its WAL and
/// replaced. Errors: own_limit, as a sentence for the operator; also for the file of a newer
/// Holdfast, which is not changed.
[[nodiscard]] Result<HistoryFile> open_history_file(const std::string& path, WallTime now,
                                                    const char* vfs = nullptr);
/// A database in RAM.
[[nodiscard]] Result<HistoryFile> open_ram_file();
/// Renames a damaged file; returns its new name, empty when that failed.
[[nodiscard]] std::string set_aside(const std::string& path, WallTime now);
/// The size of the file and its WAL.
[[nodiscard]] std::uint64_t bytes_of(const std::string& path);

}  // namespace holdfast
