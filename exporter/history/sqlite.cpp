// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/sqlite.h"

#include <sqlite3.h>

namespace holdfast {
namespace {

// Other processes lock the file for milliseconds.
constexpr int kBusyTimeoutMs = 2000;

Error error_of(int code, const std::string& path, const char* doing) {
  const int kind = code & 0xff;
  const bool is_damaged = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  // SQLite's own messages may quote content, so only their class is shown.
  const char* why = is_damaged                ? "it is damaged or not a Holdfast history"
                    : kind == SQLITE_FULL     ? "the disk is full"
                    : kind == SQLITE_READONLY ? "it is read-only"
                    : kind == SQLITE_BUSY     ? "it is locked by another program"
                    : kind == SQLITE_CANTOPEN ? "it cannot be opened"
                    : kind == SQLITE_IOERR    ? "disk I/O error"
                                              : "SQLite failed";
  return Error{is_damaged ? Reason::garbage : Reason::own_limit, "history",
               "the history file " + path + " cannot be " + doing + ": " + why, ""};
}

}  // namespace

std::int64_t to_file_time(WallTime at) {
  return std::chrono::floor<std::chrono::milliseconds>(at).time_since_epoch().count();
}
WallTime from_file_time(std::int64_t at) { return WallTime(std::chrono::milliseconds(at)); }

void SqlStatement::Finalize::operator()(sqlite3_stmt* raw) const { sqlite3_finalize(raw); }
void Sqlite::Close::operator()(sqlite3* raw) const { sqlite3_close_v2(raw); }

SqlStatement::SqlStatement(sqlite3_stmt* raw) : raw_(raw) {}

void SqlStatement::bind_number(std::int64_t value) {
  sqlite3_bind_int64(raw_.get(), next_++, value);
}
void SqlStatement::bind_next(std::string_view text) {
  sqlite3_bind_text(raw_.get(), next_++, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
}
void SqlStatement::bind_null() { sqlite3_bind_null(raw_.get(), next_++); }
SqlStatement& SqlStatement::bind_bytes(std::string_view bytes) {
  sqlite3_bind_blob(raw_.get(), next_++, bytes.data(), static_cast<int>(bytes.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Step SqlStatement::step() {
  if (!raw_) return Step::failed;
  const int code = sqlite3_step(raw_.get());
  return code == SQLITE_ROW ? Step::row : code == SQLITE_DONE ? Step::done : Step::failed;
}

bool SqlStatement::finish() {
  const bool is_done = step() == Step::done;
  if (raw_) sqlite3_reset(raw_.get());
  next_ = 1;
  return is_done;
}

bool SqlStatement::is_null(int column) const {
  return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL;
}
std::int64_t SqlStatement::number(int column) const {
  return sqlite3_column_int64(raw_.get(), column);
}
std::string SqlStatement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(raw_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(raw_.get(), column));
  return bytes ? std::string(bytes, size) : std::string();
}

Result<std::unique_ptr<Sqlite>> Sqlite::open(const std::string& path, FileUse use,
                                             const char* vfs) {
  const int flags = use == FileUse::read_only ? SQLITE_OPEN_READONLY
                    : use == FileUse::write   ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
                                              : SQLITE_OPEN_READWRITE;
  std::unique_ptr<Sqlite> out(new Sqlite(path));
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, vfs);
  out->raw_.reset(raw);
  if (code != SQLITE_OK) return error_of(code, path, "opened");
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kBusyTimeoutMs);
  return out;
}

bool Sqlite::run(const std::string& sql) {
  return sqlite3_exec(raw_.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

SqlStatement Sqlite::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(raw_.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  return {statement};
}

std::optional<std::int64_t> Sqlite::number(std::string_view sql) {
  SqlStatement statement = prepare(sql);
  if (statement.step() != Step::row || statement.is_null(0)) return std::nullopt;
  return statement.number(0);
}

Error Sqlite::fault(const char* doing) const {
  return error_of(sqlite3_errcode(raw_.get()), path_, doing);
}

}  // namespace holdfast
