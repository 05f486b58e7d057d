// SPDX-License-Identifier: Apache-2.0
// Where the history is kept: opens the file, sets a damaged one aside, never deletes one. One
// thread at a time.
#pragma once

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// A file that is ready to be written.
struct HistoryFile {
  std::unique_ptr<Sqlite> file;
  std::string set_aside;  ///< Where a damaged one was put; empty: none was.
};
/// The note of a history begun in the place of a damaged one: the moment and the damaged one's
/// name.
inline constexpr const char* kSetAside = "set_aside";
[[nodiscard]] std::string render_set_aside(WallTime at, const std::string& path);
/// Takes that note into `out`; a text that is none of ours changes nothing.
void parse_set_aside(const std::string& text, HistoryTrouble& out);

/// Opens or makes the file. One that is damaged is renamed to "<path>.damaged-<time>" with its log,
/// and a new one is begun. Errors: own_limit, in a sentence for a person; of a newer Holdfast's
/// file too, which is left untouched.
[[nodiscard]] Result<HistoryFile> open_history_file(const std::string& path, WallTime now,
                                                    const char* vfs = nullptr);
/// A place in RAM.
[[nodiscard]] Result<HistoryFile> open_ram_file();
/// Renames a damaged file; gives its new name, or an empty text when the system refuses.
[[nodiscard]] std::string set_aside(const std::string& path, WallTime now);
/// The bytes of the file and its log.
[[nodiscard]] std::uint64_t bytes_of(const std::string& path);

}  // namespace holdfast
