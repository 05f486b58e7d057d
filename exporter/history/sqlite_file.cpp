// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/sqlite_file.h"

#include <sqlite3.h>

#include <string_view>

namespace holdfast {
namespace {

constexpr int kSchemaVersion = 1;
// Another process reads for milliseconds; a lock held longer than this is somebody's fault.
constexpr int kBusyPatienceMs = 2000;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS memory ("
    " check_name TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL,"
    " PRIMARY KEY (check_name, key)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

struct CloseDatabase {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using DatabaseHandle = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

// SQLite's own messages may quote content, so only their class is told.
Error failure(int code, const std::string& path, const char* doing) {
  const int kind = code & 0xff;
  const bool is_damaged = kind == SQLITE_CORRUPT || kind == SQLITE_NOTADB;
  const char* why = is_damaged                ? "it is damaged or no history of Holdfast's"
                    : kind == SQLITE_FULL     ? "the disk is full"
                    : kind == SQLITE_READONLY ? "it is read-only"
                    : kind == SQLITE_BUSY     ? "another program keeps it locked"
                    : kind == SQLITE_CANTOPEN ? "it cannot be opened"
                                              : "the system refuses";
  return Error{is_damaged ? Reason::garbage : Reason::own_limit, "history",
               "the history file " + path + " cannot be " + doing + ": " + why, ""};
}

void bind(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

std::string column_text(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)))
              : std::string();
}

class RealSqliteFile : public SqliteFile {
 public:
  RealSqliteFile(DatabaseHandle db, std::string path)
      : db_(std::move(db)), path_(std::move(path)) {}

  Result<Memories> load() override {
    Memories out;
    const Statement rows = prepare("SELECT check_name, key, value FROM memory");
    if (!rows) return failure(sqlite3_errcode(db_.get()), path_, "read");
    int code = sqlite3_step(rows.get());
    for (; code == SQLITE_ROW; code = sqlite3_step(rows.get())) {
      Memory& memory = out[column_text(rows.get(), 0)];
      if (sqlite3_column_type(rows.get(), 2) == SQLITE_FLOAT)
        memory.set(column_text(rows.get(), 1), sqlite3_column_double(rows.get(), 2));
      else
        memory.set(column_text(rows.get(), 1), column_text(rows.get(), 2));
    }
    if (code != SQLITE_DONE) return failure(code, path_, "read");
    return out;
  }

  Result<Done> store(const Memories& change) override {
    int code = run("BEGIN IMMEDIATE");
    for (auto it = change.begin(); code == SQLITE_OK && it != change.end(); ++it)
      code = replace(it->first, it->second);
    if (code == SQLITE_OK) code = run("COMMIT");
    if (code == SQLITE_OK) return Done{};
    run("ROLLBACK");
    return failure(code, path_, "written");
  }

 private:
  int run(const char* sql) { return sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr); }

  Statement prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(db_.get(), sql, -1, &statement, nullptr);
    return Statement(statement);
  }

  int replace(const std::string& check, const Memory& memory) {
    const Statement clear = prepare("DELETE FROM memory WHERE check_name = ?");
    if (!clear) return sqlite3_errcode(db_.get());
    bind(clear.get(), 1, check);
    if (const int code = sqlite3_step(clear.get()); code != SQLITE_DONE) return code;
    const Statement add = prepare("INSERT INTO memory VALUES (?, ?, ?)");
    if (!add) return sqlite3_errcode(db_.get());
    for (const auto& [key, value] : memory.entries()) {
      bind(add.get(), 1, check);
      bind(add.get(), 2, key);
      if (const double* number = std::get_if<double>(&value))
        sqlite3_bind_double(add.get(), 3, *number);
      else
        bind(add.get(), 3, std::get<std::string>(value));
      if (const int code = sqlite3_step(add.get()); code != SQLITE_DONE) return code;
      sqlite3_reset(add.get());
    }
    return SQLITE_OK;
  }

  const DatabaseHandle db_;
  const std::string path_;
};

int version_of(sqlite3* db) {
  int version = -1;
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW)
    version = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  return version;
}

}  // namespace

Result<std::unique_ptr<SqliteFile>> open_sqlite_file(const std::string& path, FileUse use) {
  const int flags =
      use == FileUse::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY;
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  DatabaseHandle db(raw);
  if (code != SQLITE_OK) return failure(code, path, "opened");
  sqlite3_busy_timeout(raw, kBusyPatienceMs);
  const int version = version_of(raw);
  if (version < 0) return failure(sqlite3_errcode(raw), path, "read");
  if (version > kSchemaVersion) {
    return Error{Reason::own_limit, "history",
                 "the history file " + path + " is of a newer Holdfast and is left as it is", ""};
  }
  if (use == FileUse::write) {
    // In WAL mode a reader never waits for the writer; a crash loses the last second at most.
    for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = NORMAL", kSchema}) {
      const int done = sqlite3_exec(raw, sql, nullptr, nullptr, nullptr);
      if (done != SQLITE_OK) return failure(done, path, "prepared");
    }
  }
  return std::unique_ptr<SqliteFile>(std::make_unique<RealSqliteFile>(std::move(db), path));
}

}  // namespace holdfast
