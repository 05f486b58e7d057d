// SPDX-License-Identifier: Apache-2.0
// The only file that uses SQLite: a connection and its statements, errors as values. One thread at
// a time; the file may be open in other processes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checks/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace holdfast {

enum class FileUse : std::uint8_t { write, write_existing, read_only };

/// The outcome of one step of a statement.
enum class Step : std::uint8_t { row, done, failed };

/// A prepared statement; columns count from 0. If it could not be prepared, every step fails.
class SqlStatement {
 public:
  SqlStatement(sqlite3_stmt* raw);  // NOLINT(*-explicit-*): made by Sqlite::prepare alone.
  SqlStatement& bind(std::int64_t value);
  SqlStatement& bind(double value);
  SqlStatement& bind(std::string_view text);
  SqlStatement& bind_bytes(std::string_view bytes);
  SqlStatement& bind_null();
  [[nodiscard]] Step step();
  /// Runs a statement without rows and resets it for new values; false when it failed.
  [[nodiscard]] bool run();
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] bool is_real(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< Also of bytes.

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* raw) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> raw_;
  int next_ = 1;
};

class Sqlite {
 public:
  /// Opens the file or (for `write`) creates it; ":memory:" is a database in RAM. Error texts name
  /// the path and are for the operator: garbage (damaged, or not a SQLite file), own_limit
  /// (anything else). `vfs`: another file system, for tests.
  [[nodiscard]] static Result<std::unique_ptr<Sqlite>> open(const std::string& path, FileUse use,
                                                            const char* vfs = nullptr);

  /// Runs statements without rows; false when one failed.
  [[nodiscard]] bool run(const std::string& sql);
  [[nodiscard]] SqlStatement prepare(std::string_view sql);
  /// The first number of the first row; empty when there is none or it failed.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view sql);
  /// The last failure, as a sentence: "the history file F cannot be written: the disk is full".
  [[nodiscard]] Error fault(const char* doing) const;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* raw) const;
  };
  explicit Sqlite(std::string path) : path_(std::move(path)) {}
  std::unique_ptr<sqlite3, Close> raw_;
  std::string path_;
};

}  // namespace holdfast
