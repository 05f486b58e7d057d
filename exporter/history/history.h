// SPDX-License-Identifier: Apache-2.0
// What outlives a run: for now the memory of each check, in RAM or in a SQLite file. Safe to use
// from any thread.
#pragma once

#include <memory>
#include <string>

#include "checks/memory.h"

namespace holdfast {

class History {
 public:
  virtual ~History() = default;
  /// The memory that check's last complete reading left; empty when there is none.
  [[nodiscard]] virtual Memory recall(const std::string& check) = 0;
  /// Keeps a reading's memory; all of it or nothing.
  virtual void keep(const std::string& check, const Memory& memory) = 0;
  /// Forgets a check that is configured no longer.
  virtual void forget(const std::string& check) = 0;
};

/// A history that ends with the process.
[[nodiscard]] std::unique_ptr<History> make_ram_history();
/// The history in the file of that path, made when it is not there; an empty path, or a file that
/// cannot be used (said in the log), gives one that ends with the process.
[[nodiscard]] std::unique_ptr<History> open_history(const std::string& path);
/// What the daemon's file holds now, for commands: never writes, and is empty when there is none.
[[nodiscard]] std::unique_ptr<History> read_history(const std::string& path);

}  // namespace holdfast
