// SPDX-License-Identifier: Apache-2.0
// The history file: its tables, its lock and how it is opened; a damaged one is renamed, never
// deleted. One thread at a time.
#pragma once

#include "checks/support/io/socket.h"
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
/// replaced. Errors: own_limit, as a sentence for the operator; also for a file of
/// another version of the tables, which is not changed.
[[nodiscard]] Result<HistoryFile> open_history_file(const std::string& path, WallTime now,
                                                    const char* vfs = nullptr);
/// The file as a daemon has left it, for readers and for requests of the operator. Errors, as
/// sentences for the operator: garbage (damaged), own_limit (of another version …).
[[nodiscard]] Result<std::unique_ptr<Sqlite>> open_existing_history(const std::string& path,
                                                                    FileUse use);
/// A database in RAM.
[[nodiscard]] Result<HistoryFile> open_ram_file();
/// Renames a damaged file; returns its new name, empty when that failed.
[[nodiscard]] std::string set_aside(const std::string& path, WallTime now);
/// One writer for a history: a lock on "<path>.lock" that ends with its owner or the process.
using HistoryLock = Socket;
/// Error: `busy`, when another process holds it. Empty where no lock file can be created (a
/// read-only directory): nothing can be written there anyway. The lock file is never deleted: a
/// lock on a deleted file protects nothing.
[[nodiscard]] Result<HistoryLock> lock_history(const std::string& path);
/// The size of the file and its WAL.
[[nodiscard]] std::uint64_t bytes_of(const std::string& path);

}  // namespace holdfast
