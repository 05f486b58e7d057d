// SPDX-License-Identifier: Apache-2.0
// Times are milliseconds since 1970, wall clock. Statuses, severities and causes are stored as the
// values of Status, Severity and GapCause: their order is part of the schema.
#include "exporter/history/schema.h"

namespace holdfast {
namespace {

constexpr const char* kVersion1 = R"sql(
CREATE TABLE IF NOT EXISTS memory (
  check_name TEXT NOT NULL, key TEXT NOT NULL, value NOT NULL,
  PRIMARY KEY (check_name, key)) WITHOUT ROWID;
)sql";

constexpr const char* kVersion2 = R"sql(
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

Error newer(const Sqlite& file) {
  return Error{
      Reason::own_limit, "history",
      "the history file " + file.path() + " was written by a newer Holdfast and is not changed",
      ""};
}

}  // namespace

Result<Done> prepare_history(Sqlite& file) {
  const auto version = file.number("PRAGMA user_version");
  if (!version) return file.fault("read");
  if (*version > kHistorySchema) return newer(file);
  // In WAL mode readers never wait for the writer. synchronous = FULL, because NORMAL syncs the WAL
  // only at a checkpoint, minutes apart; a power loss may cost one second, not the liveness mark.
  if (*version == 0 && !file.run("PRAGMA auto_vacuum = INCREMENTAL")) return file.fault("prepared");
  if (!file.run("PRAGMA journal_mode = WAL") || !file.run("PRAGMA synchronous = FULL"))
    return file.fault("prepared");
  if (*version == kHistorySchema) return Done{};
  const std::string tables = std::string(*version == 0 ? kVersion1 : "") + kVersion2;
  if (file.run("BEGIN IMMEDIATE;" + tables +
               "PRAGMA user_version = " + std::to_string(kHistorySchema) + "; COMMIT;"))
    return Done{};
  const Error fault = file.fault("prepared");
  (void)file.run("ROLLBACK");
  return fault;
}

Result<Done> accept_history(Sqlite& file) {
  const auto version = file.number("PRAGMA user_version");
  if (!version) return file.fault("read");
  if (*version > kHistorySchema) return newer(file);
  if (*version < kHistorySchema)
    return Error{Reason::own_limit, "history",
                 "the history file " + file.path() +
                     " was written by an older Holdfast; start the daemon to migrate it",
                 ""};
  return Done{};
}

}  // namespace holdfast
