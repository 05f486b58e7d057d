// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/history/faulty_disk.h"

#include <cstddef>
#include <filesystem>
#include <fstream>

namespace holdfast::test {
namespace {

// A disk writes sectors whole; where a write ends between two of them is for chance.
constexpr std::size_t kSector = 512;

}  // namespace

FaultyDisk::File* FaultyDisk::file_of(sqlite3_file* file) {
  return reinterpret_cast<File*>(file);  // SQLite's way to derive: the base stands first.
}

FaultyDisk::FaultyDisk()
    : name_("holdfast-faulty-" + std::to_string(reinterpret_cast<std::uintptr_t>(this))),
      system_(sqlite3_vfs_find(nullptr)),
      vfs_(*system_) {
  vfs_.zName = name_.c_str();
  vfs_.pNext = nullptr;
  vfs_.pAppData = this;
  vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
  vfs_.xOpen = &FaultyDisk::open;
  vfs_.xDelete = &FaultyDisk::remove;
  // The system's own functions find their data in their own structure.
  vfs_.xAccess = [](sqlite3_vfs* vfs, const char* path, int flags, int* out) {
    sqlite3_vfs* system = disk_of(vfs).system_;
    return system->xAccess(system, path, flags, out);
  };
  vfs_.xFullPathname = [](sqlite3_vfs* vfs, const char* path, int size, char* out) {
    sqlite3_vfs* system = disk_of(vfs).system_;
    return system->xFullPathname(system, path, size, out);
  };
  sqlite3_vfs_register(&vfs_, 0);
}

FaultyDisk::~FaultyDisk() { sqlite3_vfs_unregister(&vfs_); }

void FaultyDisk::fail(std::size_t first, std::size_t count, int code) {
  fail_first_ = first;
  fail_count_ = count;
  fail_code_ = code;
}

int FaultyDisk::begin(Event event) {
  if (before_event) before_event(event);
  const std::size_t now = events_++;
  if (now < fail_first_ || now >= fail_first_ + fail_count_) return SQLITE_OK;
  ++failed_;
  return fail_code_;
}

void FaultyDisk::apply(std::string& content, const Change& change, std::size_t bytes) {
  const auto at = static_cast<std::size_t>(change.at);
  if (change.is_truncate) {
    content.resize(at);
    return;
  }
  if (content.size() < at + bytes) content.resize(at + bytes);
  content.replace(at, bytes, change.bytes, 0, bytes);
}

int FaultyDisk::open(sqlite3_vfs* vfs, const char* path, sqlite3_file* file, int flags, int* out) {
  FaultyDisk& disk = disk_of(vfs);
  File& mine = *file_of(file);
  mine.base.pMethods = nullptr;
  mine.disk = &disk;
  mine.real = reinterpret_cast<sqlite3_file*>(&mine + 1);
  mine.shadow = nullptr;
  const int code = disk.system_->xOpen(disk.system_, path, mine.real, flags, out);
  if (code != SQLITE_OK) return code;
  const int kept = SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL;
  if (path != nullptr && (flags & kept) != 0) {
    mine.shadow = &disk.shadows_[path];
    disk.ghosts_.erase(path);
  }
  mine.base.pMethods = &methods();
  return SQLITE_OK;
}

int FaultyDisk::remove(sqlite3_vfs* vfs, const char* path, int sync_folder) {
  FaultyDisk& disk = disk_of(vfs);
  if (const int code = disk.begin(Event::remove); code != SQLITE_OK) return SQLITE_IOERR_DELETE;
  const int code = disk.system_->xDelete(disk.system_, path, sync_folder);
  const auto found = disk.shadows_.find(path);
  if (code != SQLITE_OK || found == disk.shadows_.end()) return code;
  if (sync_folder == 0 && found->second.is_durable) disk.ghosts_[path] = found->second;
  disk.shadows_.erase(found);
  return code;
}

int FaultyDisk::write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  const File& mine = *file_of(file);
  const int fault = mine.disk->begin(Event::write);
  const int written = fault == SQLITE_OK ? size : size / 2;
  const int code = mine.real->pMethods->xWrite(mine.real, bytes, written, at);
  if (code == SQLITE_OK && mine.shadow != nullptr)
    mine.shadow->pending.push_back(
        {false, at, {static_cast<const char*>(bytes), static_cast<std::size_t>(written)}});
  return fault == SQLITE_OK ? code : fault;
}

int FaultyDisk::truncate(sqlite3_file* file, sqlite3_int64 size) {
  const File& mine = *file_of(file);
  if (mine.disk->begin(Event::truncate) != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
  const int code = mine.real->pMethods->xTruncate(mine.real, size);
  if (code == SQLITE_OK && mine.shadow != nullptr) mine.shadow->pending.push_back({true, size, {}});
  return code;
}

// The system's own files need no real sync here: power is lost in the shadow only.
int FaultyDisk::sync(sqlite3_file* file, int) {
  const File& mine = *file_of(file);
  if (mine.disk->begin(Event::sync) != SQLITE_OK) return SQLITE_IOERR_FSYNC;
  if (mine.shadow == nullptr) return SQLITE_OK;
  // With the first sync of a new journal or log SQLite syncs the folder too (UNIXFILE_DIRSYNC).
  if (!mine.shadow->is_durable) mine.disk->ghosts_.clear();
  for (const Change& change : mine.shadow->pending)
    apply(mine.shadow->durable, change, change.bytes.size());
  mine.shadow->pending.clear();
  mine.shadow->is_durable = true;
  return SQLITE_OK;
}

const sqlite3_io_methods& FaultyDisk::methods() {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods out{};
    out.iVersion = 2;  // With the shared memory of WAL, without mapped files.
    out.xClose = [](sqlite3_file* f) { return real_of(f)->pMethods->xClose(real_of(f)); };
    out.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return real_of(f)->pMethods->xRead(real_of(f), to, size, at);
    };
    out.xWrite = &FaultyDisk::write;
    out.xTruncate = &FaultyDisk::truncate;
    out.xSync = &FaultyDisk::sync;
    out.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return real_of(f)->pMethods->xFileSize(real_of(f), size);
    };
    out.xLock = [](sqlite3_file* f, int level) {
      return real_of(f)->pMethods->xLock(real_of(f), level);
    };
    out.xUnlock = [](sqlite3_file* f, int level) {
      return real_of(f)->pMethods->xUnlock(real_of(f), level);
    };
    out.xCheckReservedLock = [](sqlite3_file* f, int* held) {
      return real_of(f)->pMethods->xCheckReservedLock(real_of(f), held);
    };
    // A chunk that the system would set aside at once is a size that the shadow does not know.
    out.xFileControl = [](sqlite3_file* f, int op, void* argument) {
      return op == SQLITE_FCNTL_SIZE_HINT
                 ? SQLITE_OK
                 : real_of(f)->pMethods->xFileControl(real_of(f), op, argument);
    };
    out.xSectorSize = [](sqlite3_file*) { return static_cast<int>(kSector); };
    out.xDeviceCharacteristics = [](sqlite3_file* f) {
      return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
    };
    out.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
      return real_of(f)->pMethods->xShmMap(real_of(f), page, size, extend, to);
    };
    out.xShmLock = [](sqlite3_file* f, int offset, int n, int flags) {
      return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
    };
    out.xShmBarrier = [](sqlite3_file* f) { real_of(f)->pMethods->xShmBarrier(real_of(f)); };
    out.xShmUnmap = [](sqlite3_file* f, int erase) {
      return real_of(f)->pMethods->xShmUnmap(real_of(f), erase);
    };
    return out;
  }();
  return kMethods;
}

void FaultyDisk::lay_down(const std::string& folder, Loss loss, std::mt19937& random) const {
  const auto chance = [&](std::size_t of) {
    return std::uniform_int_distribution<>(0, 99)(random) < static_cast<int>(of);
  };
  const auto put = [&](const std::string& path, const std::string& content) {
    const auto file = std::filesystem::path(folder) / std::filesystem::path(path).filename();
    std::ofstream(file, std::ios::binary) << content;
  };
  for (const auto& [path, shadow] : shadows_) {
    std::string content = shadow.durable;
    bool is_there = shadow.is_durable;
    for (const Change& change : shadow.pending) {
      if (loss == Loss::everything || chance(50)) continue;
      is_there = true;
      std::size_t bytes = change.bytes.size();
      if (!change.is_truncate && chance(30)) bytes = bytes / 2 / kSector * kSector;
      apply(content, change, bytes);
    }
    if (is_there) put(path, content);
  }
  for (const auto& [path, ghost] : ghosts_)
    if (chance(50)) put(path, ghost.durable);
}

}  // namespace holdfast::test
