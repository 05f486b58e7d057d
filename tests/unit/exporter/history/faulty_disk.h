// SPDX-License-Identifier: Apache-2.0
// A disk for SQLite that fails and loses power when a test wants it: real files, and a shadow of
// what has certainly reached the disk. What was written and not synced may be there after a power
// loss, or not, or in part, in any order. One thread.
#pragma once

#include <sqlite3.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace holdfast::test {

class FaultyDisk {
 public:
  enum class Event { write, truncate, sync, remove };
  /// How much of what was not synced the disk has after a power loss.
  enum class Loss { everything, some };

  FaultyDisk();
  ~FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;

  /// For sqlite3_open_v2.
  [[nodiscard]] const char* name() const { return name_.c_str(); }
  /// Called before each change of the disk is carried out.
  std::function<void(Event)> before_event;
  /// From that change on so many fail with `code`; a failed write has written its first half.
  void fail(std::size_t first, std::size_t count, int code);
  [[nodiscard]] std::size_t events() const { return events_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  /// Writes to `folder` what a power loss at this moment would leave of the files.
  void lay_down(const std::string& folder, Loss loss, std::mt19937& random) const;

 private:
  struct Change {
    bool is_truncate = false;
    std::int64_t at = 0;  // Of a truncate: the new size.
    std::string bytes;
  };
  struct Shadow {
    bool is_durable = false;
    std::string durable;
    std::vector<Change> pending;
  };
  struct File {
    sqlite3_file base;
    FaultyDisk* disk;
    Shadow* shadow;  // Null of what is not kept.
    sqlite3_file* real;
  };
  static File* file_of(sqlite3_file* file);
  static sqlite3_file* real_of(sqlite3_file* file) { return file_of(file)->real; }
  static FaultyDisk& disk_of(sqlite3_vfs* vfs) { return *static_cast<FaultyDisk*>(vfs->pAppData); }
  static void apply(std::string& content, const Change& change, std::size_t bytes);
  static const sqlite3_io_methods& methods();
  static int open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out);
  static int remove(sqlite3_vfs* vfs, const char* path, int sync_folder);
  static int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at);
  static int truncate(sqlite3_file* file, sqlite3_int64 size);
  static int sync(sqlite3_file* file, int flags);
  /// SQLITE_OK, or the failure of this change.
  int begin(Event event);

  std::string name_;
  sqlite3_vfs* system_;
  sqlite3_vfs vfs_;
  std::map<std::string, Shadow> shadows_;  // By path.
  std::map<std::string, Shadow> ghosts_;   // Removed, and the folder not synced since.
  std::size_t events_ = 0;
  std::size_t failed_ = 0;
  std::size_t fail_first_ = 0;
  std::size_t fail_count_ = 0;
  int fail_code_ = SQLITE_OK;
};

}  // namespace holdfast::test
