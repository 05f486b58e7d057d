// SPDX-License-Identifier: Apache-2.0
// The history file: for now one table, the memory of each check by key. sqlite3.h is included in
// its .cpp alone. One thread at a time; the file may be open in other processes as well.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "checks/memory.h"
#include "checks/result.h"

namespace holdfast {

using Memories = std::map<std::string, Memory>;

class SqliteFile {
 public:
  virtual ~SqliteFile() = default;
  /// Every check's memory. Errors: garbage (damaged, or no history of ours), own_limit.
  [[nodiscard]] virtual Result<Memories> load() = 0;
  /// Makes the stored memories of the checks in `change` these, all in one transaction; an empty
  /// memory forgets the check. Errors: own_limit (disk full, read-only, locked for 2 s), garbage.
  [[nodiscard]] virtual Result<Done> store(const Memories& change) = 0;
};

enum class FileUse : std::uint8_t { write, read_only };

/// Opens or (for writing) makes the file. Error texts name the path and are for a person: a file of
/// a newer version is refused and left as it is.
[[nodiscard]] Result<std::unique_ptr<SqliteFile>> open_sqlite_file(const std::string& path,
                                                                   FileUse use);

}  // namespace holdfast
