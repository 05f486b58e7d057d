// SPDX-License-Identifier: Apache-2.0
// The history of the daemon. Memories and notes are read from RAM; records wait in RAM until they
// are written: by a thread of its own about once a second, before evidence is read, and at the end.
// Two locks, always taken in this order: `file_mutex_`, `mutex_`.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "exporter/history/evidence_reader.h"
#include "exporter/history/history.h"
#include "exporter/history/history_file.h"
#include "exporter/history/history_writer.h"
#include "exporter/history/liveness_mark.h"
#include "exporter/history/operator_actions.h"
#include "exporter/log/log.h"

namespace holdfast {
namespace {

// The most that a crash may lose.
constexpr auto kWriteInterval = std::chrono::seconds(1);
// The precision with which the end of a killed daemon is known.
constexpr auto kMarkInterval = std::chrono::seconds(5);
constexpr auto kPruneInterval = std::chrono::hours(1);
constexpr const char* kInMemoryOnly = "; it is kept in memory only, until the next start";

class SqliteHistory : public History {
 public:
  SqliteHistory(const HistoryOptions& options, HistoryFile opened, std::string problem)
      : path_(options.path),
        vfs_(options.vfs),
        clock_(options.clock ? *options.clock : machine_clock()),
        file_(std::move(opened.file)),
        set_aside_(std::move(opened.set_aside)),
        writer_(std::make_unique<HistoryWriter>(*file_)),
        last_moment_(clock_.now()) {
    facts_.is_file = !path_.empty();
    facts_.problem = std::move(problem);
    facts_.is_writable = facts_.problem.empty();
    restore();
    if (options.writes_by_itself) thread_ = std::thread([this] { run(); });
  }

  ~SqliteHistory() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    mark_alive(true);
    flush();
  }

  Memory recall(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    const auto found = memories_.find(check);
    return found == memories_.end() ? Memory{} : found->second;
  }

  void record(Observation seen) override {
    const std::lock_guard lock(mutex_);
    if (seen.memory) {
      // A run that began before a baseline was accepted still remembers the old one.
      const auto accepted = accepted_.find(seen.check);
      if (accepted != accepted_.end() && seen.began < accepted->second)
        seen.memory->erase_baseline();
      Memory& kept = memories_[seen.check];
      if (kept != *seen.memory) waiting_.memories[seen.check] = kept = *std::move(seen.memory);
      seen.memory.reset();
    }
    waiting_.observations.push_back(std::move(seen));
    facts_.left_out += waiting_.drop_excess();
  }

  void forget(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    memories_.erase(check);
    waiting_.memories[check] = {};
  }

  Result<Evidence> evidence(const Span& range, const std::vector<std::string>& checks) override {
    flush();
    auto out = read(range, checks);
    // Part of the evidence, so that no reader misses it.
    const std::lock_guard lock(mutex_);
    if (out) out->problems.current = facts_.problem;
    return out;
  }

  std::optional<std::string> note(const std::string& key) override {
    const std::lock_guard lock(mutex_);
    const auto found = notes_.find(key);
    if (found == notes_.end()) return std::nullopt;
    return found->second;
  }

  void keep_note(const std::string& key, const std::string& value) override {
    const std::lock_guard lock(mutex_);
    set_note(key, value);
  }

  void keep_limits(const std::map<std::string, std::string>& limits, WallTime at) override {
    const std::lock_guard lock(mutex_);
    for (const auto& [scope, text] : limits) {
      const std::string key = "limits/" + scope;
      const auto known = notes_.find(key);
      if (known != notes_.end() && known->second == text) continue;
      if (known != notes_.end()) waiting_.changes.push_back({at, scope, known->second, text});
      set_note(key, text);
    }
  }

  void set_keep(Duration keep, std::optional<WallTime> needed_since) override {
    const std::lock_guard lock(mutex_);
    keep_ = keep;
    needed_since_ = needed_since;
  }

  HistoryFacts facts() const override {
    const std::lock_guard lock(mutex_);
    HistoryFacts facts = facts_;
    if (facts.is_file) facts.bytes = bytes_of(path_);
    const auto replayed = notes_.find(kReplayedUntil);
    if (replayed != notes_.end()) facts.replayed_until = parse_moment_note(replayed->second);
    return facts;
  }

 private:
  void set_note(const std::string& key, const std::string& value) {
    notes_[key] = value;
    waiting_.notes[key] = value;
  }

  Result<Evidence> read(const Span& range, const std::vector<std::string>& checks);
  void restore();
  void run();
  void tick();
  void mark_alive(bool is_clean_stop);
  void flush();
  void take_actions();
  void prune(WallTime now);
  void recreate();
  void report(const Result<Done>& written);

  const std::string path_;  // Empty: in RAM.
  const char* const vfs_;
  const HistoryClock& clock_;

  std::mutex file_mutex_;  // Guards the file, its writer and what follows up to `mutex_`.
  std::unique_ptr<Sqlite> file_;
  const std::string set_aside_;  // The damaged file that this one replaces.
  std::unique_ptr<HistoryWriter> writer_;
  Moment last_moment_;
  std::optional<WallTime> last_mark_;
  std::optional<WallTime> last_prune_;
  std::int64_t data_version_ = -1;

  mutable std::mutex mutex_;  // Guards all below.
  std::condition_variable wake_;
  std::map<std::string, Memory> memories_;
  std::map<std::string, std::string> notes_;
  std::map<std::string, WallTime> accepted_;  // When a baseline was accepted, by check.
  HistoryBatch waiting_;                      // Recorded and not written yet.
  HistoryFacts facts_;
  Duration keep_ = std::chrono::hours(24 * 90);
  std::optional<WallTime> needed_since_;
  bool stopping_ = false;
  std::thread thread_;
};

Result<Evidence> SqliteHistory::read(const Span& range, const std::vector<std::string>& checks) {
  bool is_file = false;
  {
    const std::lock_guard lock(mutex_);
    is_file = facts_.is_file;
  }
  if (is_file) {
    // A connection of its own does not block the writer.
    auto reader = Sqlite::open(path_, FileUse::read_only, vfs_);
    if (reader) return read_evidence(**reader, range, checks);
  }
  const std::lock_guard lock(file_mutex_);
  return read_evidence(*file_, range, checks);
}

// Loads what the previous daemon left: memories, notes, and how it ended.
void SqliteHistory::restore() {
  memories_ = read_memories(*file_);
  notes_ = read_notes(*file_);
  const auto last = notes_.find(kLivenessMark);
  if (last != notes_.end()) {
    if (const auto mark = parse_liveness_mark(last->second))
      if (auto gap = gap_at_start(*mark, last_moment_.wall, clock_.boot_id()))
        waiting_.gaps.push_back(*gap);
  }
  if (!set_aside_.empty()) set_note(kSetAside, render_set_aside(last_moment_.wall, set_aside_));
  mark_alive(false);
}

void SqliteHistory::run() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kWriteInterval, [this] { return stopping_; })) {
    lock.unlock();
    tick();
    flush();
    lock.lock();
  }
}

void SqliteHistory::tick() {
  const std::lock_guard file(file_mutex_);
  const Moment now = clock_.now();
  if (const auto gap = gap_between(last_moment_, now)) {
    const std::lock_guard lock(mutex_);
    waiting_.gaps.push_back(*gap);
  }
  last_moment_ = now;
  // Also when the clock was set back.
  if (!last_mark_ || now.wall < *last_mark_ || now.wall - *last_mark_ >= kMarkInterval)
    mark_alive(false);
  take_actions();
  if (!last_prune_ || now.wall < *last_prune_ || now.wall - *last_prune_ >= kPruneInterval)
    prune(now.wall);
}

void SqliteHistory::mark_alive(bool is_clean_stop) {
  const WallTime now = clock_.now().wall;
  last_mark_ = now;
  const std::lock_guard lock(mutex_);
  set_note(kLivenessMark, render_liveness_mark({now, clock_.boot_id(), is_clean_stop}));
}

void SqliteHistory::flush() {
  const std::lock_guard file(file_mutex_);
  HistoryBatch batch;
  {
    const std::lock_guard lock(mutex_);
    batch = std::exchange(waiting_, {});
  }
  if (batch.empty()) return;
  const auto written = writer_->write(batch, clock_.now().wall);
  if (!written && written.error().reason == Reason::garbage && !path_.empty()) recreate();
  const std::lock_guard lock(mutex_);
  if (!written) {
    waiting_.put_back(std::move(batch));
    facts_.left_out += waiting_.drop_excess();
  }
  report(written);
}

// Sets aside a file that was damaged while open and writes what is in RAM to a new one.
void SqliteHistory::recreate() {
  const WallTime now = clock_.now().wall;
  writer_.reset();
  file_.reset();
  const std::string name = set_aside(path_, now);
  auto opened = name.empty() ? open_ram_file() : open_history_file(path_, now, vfs_);
  const bool is_file = opened && !name.empty();
  if (!opened) opened = open_ram_file();
  file_ = std::move(opened->file);
  writer_ = std::make_unique<HistoryWriter>(*file_);
  const std::lock_guard lock(mutex_);
  facts_.is_file = is_file;
  if (!name.empty()) set_note(kSetAside, render_set_aside(now, name));
  waiting_.memories = memories_;
  waiting_.notes = notes_;
  log(LogLevel::error, "the history file is damaged and was set aside; a new one was created",
      {{"set_aside_as", name}});
}

// Logs when writing begins to fail and when it works again, not every second.
void SqliteHistory::report(const Result<Done>& written) {
  if (written) {
    if (!facts_.is_writable && facts_.is_file) {
      log(LogLevel::info, "the history file can be written again");
      facts_.is_writable = true;
      facts_.problem.clear();
    }
    return;
  }
  ++facts_.write_errors;
  if (facts_.is_writable) log(LogLevel::error, written.error().text);
  facts_.is_writable = false;
  facts_.problem = written.error().text + (facts_.is_file || path_.empty() ? "" : kInMemoryOnly);
}

void SqliteHistory::take_actions() {
  const auto version = file_->number("PRAGMA data_version");
  if (path_.empty() || !version || *version == data_version_) return;
  data_version_ = *version;
  const auto actions = pending_actions(*file_);
  if (!actions) return;
  const std::lock_guard lock(mutex_);
  for (const OperatorAction& action : *actions) {
    waiting_.done_actions.push_back(action.id);
    if (action.what != "baseline accept") continue;
    Memory& memory = memories_[action.subject];
    memory.erase_baseline();
    accepted_[action.subject] = clock_.now().wall;
    waiting_.memories[action.subject] = memory;
    log(LogLevel::info, "baseline accepted: the next run sets a new one",
        {{"check", action.subject}, {"who", action.who}, {"reason", action.reason}});
  }
}

void SqliteHistory::prune(WallTime now) {
  last_prune_ = now;
  WallTime limit;
  {
    const std::lock_guard lock(mutex_);
    limit = std::chrono::time_point_cast<WallTime::duration>(now - keep_);
    if (needed_since_) limit = std::min(limit, *needed_since_);
  }
  if (const auto pruned = writer_->prune(limit); !pruned) {
    const std::lock_guard lock(mutex_);
    report(pruned);
  }
}

}  // namespace

std::unique_ptr<History> make_history(const HistoryOptions& options) {
  const HistoryClock& clock = options.clock ? *options.clock : machine_clock();
  std::string problem;
  if (!options.path.empty()) {
    auto opened = open_history_file(options.path, clock.now().wall, options.vfs);
    if (opened) {
      if (!opened->set_aside.empty())
        log(LogLevel::error, "the history file is damaged and was set aside; a new one was created",
            {{"set_aside_as", opened->set_aside}});
      return std::make_unique<SqliteHistory>(options, std::move(opened).value(), "");
    }
    problem = opened.error().text;
    log(LogLevel::error, problem);
    // Monitoring without a past is better than no monitoring.
    log(LogLevel::error, "the history is kept in memory only, until the next start");
  }
  HistoryOptions in_ram = options;
  in_ram.path.clear();
  return std::make_unique<SqliteHistory>(in_ram, open_ram_file().value(),
                                         problem.empty() ? problem : problem + kInMemoryOnly);
}

}  // namespace holdfast
