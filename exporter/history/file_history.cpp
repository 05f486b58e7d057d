// SPDX-License-Identifier: Apache-2.0
// A history that outlives the process. Reads come from RAM; one thread of its own writes what has
// changed about once a second, so that a slow disk never holds a run or the scheduler.
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exporter/history/history.h"
#include "exporter/history/sqlite_file.h"
#include "exporter/log.h"

namespace holdfast {
namespace {

// What a crash may lose; the memory of one look is worth no more.
constexpr auto kWriteEvery = std::chrono::seconds(1);

class FileHistory : public History {
 public:
  FileHistory(std::unique_ptr<SqliteFile> file, Memories memories)
      : file_(std::move(file)), memories_(std::move(memories)), writer_([this] { write(); }) {}
  ~FileHistory() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    writer_.join();
  }

  Memory recall(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    const auto found = memories_.find(check);
    return found == memories_.end() ? Memory{} : found->second;
  }
  void keep(const std::string& check, const Memory& memory) override {
    const std::lock_guard lock(mutex_);
    Memory& kept = memories_[check];
    if (kept == memory) return;
    kept = memory;
    changed_.insert_or_assign(check, memory);
  }
  void forget(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    memories_.erase(check);
    changed_.insert_or_assign(check, Memory{});
  }

 private:
  void write() {
    std::unique_lock lock(mutex_);
    while (true) {
      const bool is_last = wake_.wait_for(lock, kWriteEvery, [this] { return stopping_; });
      if (!changed_.empty()) {
        Memories batch;
        batch.swap(changed_);
        lock.unlock();
        const auto stored = file_->store(batch);
        lock.lock();
        tell(stored);
        // What could not be written is tried again, unless something newer has come meanwhile.
        if (!stored) changed_.merge(batch);
      }
      if (is_last) return;
    }
  }

  // One line when it begins to fail and one when it works again, not one each second.
  void tell(const Result<Done>& stored) {
    if (!stored && !is_failing_) log(LogLevel::error, stored.error().text);
    if (stored && is_failing_) log(LogLevel::info, "the history file can be written again");
    is_failing_ = !stored;
  }

  const std::unique_ptr<SqliteFile> file_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Memories memories_;
  Memories changed_;
  bool stopping_ = false;
  bool is_failing_ = false;
  std::thread writer_;  // Last: it uses all of the above.
};

}  // namespace

std::unique_ptr<History> open_history(const std::string& path) {
  if (path.empty()) return make_ram_history();
  auto file = open_sqlite_file(path, FileUse::write);
  if (file) {
    auto memories = (*file)->load();
    if (memories)
      return std::make_unique<FileHistory>(std::move(file).value(), std::move(memories).value());
    log(LogLevel::error, memories.error().text);
  } else {
    log(LogLevel::error, file.error().text);
  }
  // Blind to the past is better than blind to the present: the daemon goes on without the file.
  log(LogLevel::error, "what checks remember is kept in memory only, until the next start");
  return make_ram_history();
}

std::unique_ptr<History> read_history(const std::string& path) {
  auto history = make_ram_history();
  if (path.empty()) return history;
  auto file = open_sqlite_file(path, FileUse::read_only);
  if (!file) return history;
  const auto memories = (*file)->load();
  if (!memories) return history;
  for (const auto& [check, memory] : *memories) history->keep(check, memory);
  return history;
}

}  // namespace holdfast
