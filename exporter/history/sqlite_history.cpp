// SPDX-License-Identifier: Apache-2.0
// The history as the daemon has it. What checks remember is read from RAM; what is recorded waits
// in RAM until it is written: by a thread of its own about once a second, before evidence is read,
// and at the end. Two locks, always in this order: that of the file, that of what waits.
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exporter/history/evidence_reader.h"
#include "exporter/history/history.h"
#include "exporter/history/history_file.h"
#include "exporter/history/history_writer.h"
#include "exporter/history/liveness_mark.h"
#include "exporter/history/operator_actions.h"
#include "exporter/history/write_queue.h"
#include "exporter/log/log.h"

namespace holdfast {
namespace {

// What a crash may lose; a reading of one second is worth no more.
constexpr auto kWriteEvery = std::chrono::seconds(1);
// How exactly the end of a killed daemon is known.
constexpr auto kBeatEvery = std::chrono::seconds(5);
constexpr auto kPruneEvery = std::chrono::hours(1);
constexpr const char* kInMemoryOnly = "; it is kept in memory only, until the next start";

// A moment as notes have it: the digits of its file time.
WallTime parse_moment(const std::string& text) {
  std::int64_t at = 0;
  for (const char c : text)
    if (c >= '0' && c <= '9') at = at * 10 + (c - '0');
  return from_file_time(at);
}

class SqliteHistory : public History {
 public:
  SqliteHistory(const HistoryOptions& options, HistoryFile opened, std::string trouble)
      : path_(options.path),
        vfs_(options.vfs),
        clock_(options.clock ? *options.clock : machine_clock()),
        file_(std::move(opened.file)),
        set_aside_(std::move(opened.set_aside)),
        writer_(std::make_unique<HistoryWriter>(*file_)),
        last_look_(clock_.now()) {
    facts_.is_file = !path_.empty();
    facts_.trouble = std::move(trouble);
    facts_.is_writable = facts_.trouble.empty();
    begin();
    if (options.writes_by_itself) thread_ = std::thread([this] { write_on(); });
  }

  ~SqliteHistory() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
    beat(true);
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
        erase_baseline(*seen.memory);
      Memory& kept = memories_[seen.check];
      if (kept != *seen.memory) waiting_.remember(seen.check, kept = *std::move(seen.memory));
      seen.memory.reset();
    }
    waiting_.add(std::move(seen));
  }

  void forget(const std::string& check) override {
    const std::lock_guard lock(mutex_);
    memories_.erase(check);
    waiting_.remember(check, {});
  }

  Result<Evidence> evidence(const Span& range, const std::vector<std::string>& checks) override {
    flush();
    auto out = read(range, checks);
    // What stands against it belongs to what is read: no reader may miss it.
    const std::lock_guard lock(mutex_);
    if (out) out->trouble.now = facts_.trouble;
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
      if (known != notes_.end()) waiting_.change({at, scope, known->second, text});
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
    facts.left_out = waiting_.left_out();
    if (facts.is_file) facts.bytes = bytes_of(path_);
    const auto replayed = notes_.find(kReplayedUntil);
    if (replayed != notes_.end()) facts.replayed_until = parse_moment(replayed->second);
    return facts;
  }

 private:
  static void erase_baseline(Memory& memory) {
    for (const auto& [key, value] : memory.with_prefix("baseline/")) memory.erase(key);
  }
  void set_note(const std::string& key, const std::string& value) {
    notes_[key] = value;
    waiting_.note(key, value);
  }

  Result<Evidence> read(const Span& range, const std::vector<std::string>& checks);
  void begin();
  void write_on();
  void tick();
  void beat(bool is_clean_stop);
  void flush();
  void take_actions();
  void prune(WallTime now);
  void begin_anew();
  void tell(const Result<Done>& written);

  const std::string path_;  // Empty: in RAM.
  const char* const vfs_;
  const HistoryClock& clock_;

  std::mutex file_mutex_;  // Of the file, the ledger and the looks at the clock.
  std::unique_ptr<Sqlite> file_;
  const std::string set_aside_;  // The damaged file whose place this one took.
  std::unique_ptr<HistoryWriter> writer_;
  Moment last_look_;
  std::optional<WallTime> last_beat_;
  std::optional<WallTime> last_prune_;
  std::int64_t data_version_ = -1;

  mutable std::mutex mutex_;  // Of all below.
  std::condition_variable wake_;
  std::map<std::string, Memory> memories_;
  std::map<std::string, std::string> notes_;
  std::map<std::string, WallTime> accepted_;  // Baselines, by check.
  WriteQueue waiting_;
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
    // A connection of its own: the writer goes on meanwhile.
    auto reader = Sqlite::open(path_, FileUse::read_only, vfs_);
    if (reader) return read_evidence(**reader, range, checks);
  }
  const std::lock_guard lock(file_mutex_);
  return read_evidence(*file_, range, checks);
}

// Takes over what the daemon before has left: what checks remember, notes, and how it ended.
void SqliteHistory::begin() {
  memories_ = read_memories(*file_);
  notes_ = read_notes(*file_);
  const auto last = notes_.find(kLivenessMark);
  if (last != notes_.end()) {
    if (const auto beat = parse_liveness_mark(last->second))
      if (auto gap = gap_at_start(*beat, last_look_.wall, clock_.boot_id())) waiting_.gap(*gap);
  }
  if (!set_aside_.empty()) set_note(kSetAside, render_set_aside(last_look_.wall, set_aside_));
  beat(false);
}

void SqliteHistory::write_on() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kWriteEvery, [this] { return stopping_; })) {
    lock.unlock();
    tick();
    flush();
    lock.lock();
  }
}

void SqliteHistory::tick() {
  const std::lock_guard file(file_mutex_);
  const Moment now = clock_.now();
  if (const auto gap = gap_between(last_look_, now)) {
    const std::lock_guard lock(mutex_);
    waiting_.gap(*gap);
  }
  last_look_ = now;
  // A clock that was set back must not silence it.
  if (!last_beat_ || now.wall < *last_beat_ || now.wall - *last_beat_ >= kBeatEvery) beat(false);
  take_actions();
  if (!last_prune_ || now.wall < *last_prune_ || now.wall - *last_prune_ >= kPruneEvery)
    prune(now.wall);
}

void SqliteHistory::beat(bool is_clean_stop) {
  const WallTime now = clock_.now().wall;
  last_beat_ = now;
  const std::lock_guard lock(mutex_);
  set_note(kLivenessMark, render_liveness_mark({now, clock_.boot_id(), is_clean_stop}));
}

void SqliteHistory::flush() {
  const std::lock_guard file(file_mutex_);
  HistoryBatch batch;
  {
    const std::lock_guard lock(mutex_);
    batch = waiting_.take();
  }
  if (batch.empty()) return;
  const auto written = writer_->write(batch, clock_.now().wall);
  if (!written && written.error().reason == Reason::garbage && !path_.empty()) begin_anew();
  const std::lock_guard lock(mutex_);
  if (!written) waiting_.give_back(std::move(batch));
  tell(written);
}

// The file was damaged while it was open: it is set aside, and what is known goes into a new one.
void SqliteHistory::begin_anew() {
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
  for (const auto& [check, memory] : memories_) waiting_.remember(check, memory);
  for (const auto& [key, value] : notes_) waiting_.note(key, value);
  log(LogLevel::error, "the history file was damaged and is set aside; a new one is begun",
      {{"kept_as", name}});
}

// One line when it begins to fail and one when it works again, not one each second.
void SqliteHistory::tell(const Result<Done>& written) {
  if (written) {
    if (!facts_.is_writable && facts_.is_file) {
      log(LogLevel::info, "the history file can be written again");
      facts_.is_writable = true;
      facts_.trouble.clear();
    }
    return;
  }
  ++facts_.write_errors;
  if (facts_.is_writable) log(LogLevel::error, written.error().text);
  facts_.is_writable = false;
  facts_.trouble = written.error().text + (facts_.is_file || path_.empty() ? "" : kInMemoryOnly);
}

void SqliteHistory::take_actions() {
  const auto version = file_->number("PRAGMA data_version");
  if (path_.empty() || !version || *version == data_version_) return;
  data_version_ = *version;
  const auto actions = pending_actions(*file_);
  if (!actions) return;
  const std::lock_guard lock(mutex_);
  for (const OperatorAction& action : *actions) {
    waiting_.done(action.id);
    if (action.what != "baseline accept") continue;
    Memory& memory = memories_[action.subject];
    erase_baseline(memory);
    accepted_[action.subject] = clock_.now().wall;
    waiting_.remember(action.subject, memory);
    log(LogLevel::info, "a baseline was accepted: the next look makes a new one",
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
    tell(pruned);
  }
}

}  // namespace

std::unique_ptr<History> make_history(const HistoryOptions& options) {
  const HistoryClock& clock = options.clock ? *options.clock : machine_clock();
  std::string trouble;
  if (!options.path.empty()) {
    auto opened = open_history_file(options.path, clock.now().wall, options.vfs);
    if (opened) {
      if (!opened->set_aside.empty())
        log(LogLevel::error, "the history file is damaged and was set aside; a new one is begun",
            {{"kept_as", opened->set_aside}});
      return std::make_unique<SqliteHistory>(options, std::move(opened).value(), "");
    }
    trouble = opened.error().text;
    log(LogLevel::error, trouble);
    // Blind to the past is better than blind to the present: the daemon goes on without the file.
    log(LogLevel::error, "the history is kept in memory only, until the next start");
  }
  HistoryOptions in_ram = options;
  in_ram.path.clear();
  return std::make_unique<SqliteHistory>(in_ram, open_ram_file().value(),
                                         trouble.empty() ? trouble : trouble + kInMemoryOnly);
}

std::unique_ptr<History> make_ram_history() { return make_history({}); }
std::unique_ptr<History> open_history(const std::string& path) {
  HistoryOptions options;
  options.path = path;
  return make_history(options);
}

WallTime window_start(History& history, const std::string& window, WallTime now) {
  const std::string key = "window_start/" + window;
  if (const auto known = history.note(key)) return parse_moment(*known);
  history.keep_note(key, std::to_string(to_file_time(now)));
  return from_file_time(to_file_time(now));
}

}  // namespace holdfast
