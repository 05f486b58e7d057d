// SPDX-License-Identifier: Apache-2.0
// The only file that uses SQLite: a connection and its statements, errors as values. One thread at
// a time; the file may be open in other processes.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "checks/base/limits.h"
#include "checks/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace holdfast {

enum class FileUse : std::uint8_t { write, write_existing, read_only };

/// Milliseconds since 1970, as stored in the file, and back.
[[nodiscard]] std::int64_t to_file_time(WallTime at);
[[nodiscard]] WallTime from_file_time(std::int64_t at);
/// An hour of file time. Distributions are stored by the hour.
inline constexpr std::int64_t kHour = 3'600'000;

/// The outcome of one step of a statement.
enum class Step : std::uint8_t { row, done, failed };

/// A prepared statement; columns count from 0. If it could not be prepared, every step fails.
class SqlStatement {
 public:
  SqlStatement(sqlite3_stmt* raw);  // NOLINT(*-explicit-*): made by Sqlite::prepare alone.
  /// Binds the next parameters in order: numbers, enumerations, texts, moments.
  template <class... Values>
  SqlStatement& bind(const Values&... values) {
    (bind_next(values), ...);
    return *this;
  }
  SqlStatement& bind_bytes(std::string_view bytes);
  [[nodiscard]] Step step();
  /// Binds, runs a statement without rows and resets it for new values; false when it failed.
  template <class... Values>
  [[nodiscard]] bool run(const Values&... values) {
    return bind(values...).finish();
  }
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string text(int column) const;  ///< Also of bytes.
  [[nodiscard]] WallTime time(int column) const { return from_file_time(number(column)); }
  /// An enumeration from 0 to `last`; other numbers are clamped.
  template <class Enum>
  [[nodiscard]] Enum choice(int column, Enum last) const {
    return static_cast<Enum>(
        std::clamp<std::int64_t>(number(column), 0, static_cast<std::int64_t>(last)));
  }

 private:
  template <class Value>
  requires std::integral<Value> || std::is_enum_v<Value>
  void bind_next(Value value) { bind_number(static_cast<std::int64_t>(value)); }
  void bind_next(std::string_view text);
  void bind_next(WallTime at) { bind_number(to_file_time(at)); }
  /// Empty: NULL.
  void bind_next(const std::optional<WallTime>& at) { at ? bind_next(*at) : bind_null(); }
  void bind_number(std::int64_t value);
  void bind_null();
  [[nodiscard]] bool finish();
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
