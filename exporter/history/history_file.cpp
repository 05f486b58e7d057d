// SPDX-License-Identifier: Apache-2.0
// Times are milliseconds since 1970, wall clock. Statuses, severities and causes are stored as the
// values of Status, Severity and GapCause: their order is part of the schema.
#include "exporter/history/history_file.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <charconv>
#include <filesystem>

#include "checks/support/text/time_text.h"

namespace holdfast {
namespace {

namespace fs = std::filesystem;

// Of the tables below; a file with another version is refused. 1 and 2 were never released.
constexpr int kSchema = 3;
constexpr const char* kTables = R"sql(
CREATE TABLE memory (check_name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE checks (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, kind TEXT NOT NULL);
CREATE TABLE spans (
  check_id INTEGER NOT NULL, begin INTEGER NOT NULL, end INTEGER NOT NULL,
  raw INTEGER NOT NULL, confirmed INTEGER NOT NULL,
  PRIMARY KEY (check_id, begin)) WITHOUT ROWID;
CREATE TABLE incidents (
  check_id INTEGER NOT NULL, since INTEGER NOT NULL, severity INTEGER NOT NULL, until INTEGER,
  findings TEXT NOT NULL, left_out INTEGER NOT NULL,
  PRIMARY KEY (check_id, since, severity)) WITHOUT ROWID;
CREATE TABLE latencies (
  check_id INTEGER NOT NULL, hour INTEGER NOT NULL, buckets BLOB NOT NULL,
  PRIMARY KEY (check_id, hour)) WITHOUT ROWID;
CREATE TABLE uses (
  check_id INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (check_id, at)) WITHOUT ROWID;
CREATE TABLE gaps (begin INTEGER PRIMARY KEY, end INTEGER NOT NULL, cause INTEGER NOT NULL);
CREATE TABLE maintenance (
  id INTEGER PRIMARY KEY AUTOINCREMENT, begin INTEGER NOT NULL, end INTEGER NOT NULL,
  declared INTEGER NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL);
CREATE TABLE changes (
  at INTEGER NOT NULL, scope TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  PRIMARY KEY (scope, at)) WITHOUT ROWID;
CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE actions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, what TEXT NOT NULL,
  subject TEXT NOT NULL, reason TEXT NOT NULL, who TEXT NOT NULL, done INTEGER);
)sql";

Result<std::int64_t> schema_of(Sqlite& file) {
  const auto version = file.number("PRAGMA user_version");
  if (!version) return file.fault("read");
  if (*version == 0 || *version == kSchema) return *version;
  return Error{Reason::own_limit, "history",
               "the history file " + file.path() + " was written by " +
                   (*version > kSchema ? "a newer" : "an older") + " Holdfast and is not changed",
               ""};
}

Result<Done> prepare(Sqlite& file) {
  const auto version = schema_of(file);
  if (!version) return version.error();
  // In WAL mode readers never wait for the writer. synchronous = FULL, because NORMAL syncs the WAL
  // only at a checkpoint, minutes apart; a power loss may cost one second, not the liveness mark.
  if (*version == 0 && !file.run("PRAGMA auto_vacuum = INCREMENTAL")) return file.fault("prepared");
  if (!file.run("PRAGMA journal_mode = WAL") || !file.run("PRAGMA synchronous = FULL"))
    return file.fault("prepared");
  if (*version == kSchema ||
      file.run("BEGIN IMMEDIATE;" + std::string(kTables) +
               "PRAGMA user_version = " + std::to_string(kSchema) + "; COMMIT;"))
    return Done{};
  const Error fault = file.fault("prepared");
  (void)file.run("ROLLBACK");
  return fault;
}

Result<HistoryFile> try_open(const std::string& path, const char* vfs) {
  std::error_code ignored;
  const bool is_new = !fs::exists(path, ignored);
  auto sqlite = Sqlite::open(path, FileUse::write, vfs);
  if (!sqlite) return sqlite.error();
  HistoryFile opened{std::move(sqlite).value(), ""};
  if (const auto ready = prepare(*opened.file); !ready) return ready.error();
  if (is_new) return opened;
  // Better found at the start than in the middle of a report.
  SqlStatement check = opened.file->prepare("PRAGMA quick_check(1)");
  const Step found = check.step();
  if (found == Step::failed) return opened.file->fault("read");
  if (found == Step::row && check.text(0) != "ok")
    return Error{Reason::garbage, "history", "the history file " + path + " is damaged", ""};
  return opened;
}

}  // namespace

std::string set_aside(const std::string& path, WallTime now) {
  const std::string base = path + ".damaged-" + format_time(now, "%Y%m%dT%H%M%SZ");
  std::string name = base;
  std::error_code fault;
  for (int i = 2; fs::exists(name, fault) && i < 100; ++i) name = base + "-" + std::to_string(i);
  for (const char* part : {"-wal", "-shm"}) fs::rename(path + part, name + part, fault);
  fs::rename(path, name, fault);
  return fault ? "" : name;
}

std::string render_set_aside(WallTime at, const std::string& path) {
  return std::to_string(to_file_time(at)) + " " + fs::path(path).filename().string();
}

void parse_set_aside(const std::string& text, HistoryProblems& out) {
  std::int64_t at = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), at);
  if (fault != std::errc{} || end == text.data() + text.size() || *end != ' ') return;
  out.set_aside_at = from_file_time(at);
  out.set_aside_as = std::string(end + 1, text.data() + text.size());
}

Result<HistoryFile> open_history_file(const std::string& path, WallTime now, const char* vfs) {
  auto opened = try_open(path, vfs);
  if (opened || opened.error().reason != Reason::garbage) return opened;
  const std::string name = set_aside(path, now);
  if (name.empty())
    return Error{Reason::own_limit, "history",
                 "the history file " + path + " is damaged and cannot be set aside", ""};
  opened = try_open(path, vfs);
  if (opened) opened->set_aside = name;
  return opened;
}

Result<std::unique_ptr<Sqlite>> open_existing_history(const std::string& path, FileUse use) {
  auto file = Sqlite::open(path, use);
  if (!file) return file;
  const auto version = schema_of(**file);
  if (!version) return version.error();
  if (*version == 0)
    return Error{Reason::own_limit, "history",
                 "the history file " + path + " has no tables yet: start the daemon first", ""};
  return file;
}

Result<HistoryFile> open_ram_file() { return try_open(":memory:", nullptr); }

Result<HistoryLock> lock_history(const std::string& path) {
  HistoryLock lock(::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (lock.fd() >= 0 && ::flock(lock.fd(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Error{Reason::busy, "history", "another Holdfast writes the history " + path, ""};
  return lock;
}

std::uint64_t bytes_of(const std::string& path) {
  std::uint64_t sum = 0;
  for (const char* part : {"", "-wal"}) {
    std::error_code fault;
    const auto size = fs::file_size(path + part, fault);
    if (!fault) sum += size;
  }
  return sum;
}

}  // namespace holdfast
