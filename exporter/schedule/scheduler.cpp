// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/scheduler.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "exporter/schedule/observe.h"
#include "exporter/schedule/thread_pool.h"
#include "exporter/schedule/timetable.h"

namespace holdfast {
namespace {

// Probes that may wait at once: each holds one of the twelve workers of the HTTP server.
constexpr std::size_t kMaxWaiters = 8;
// The loop runs at least this often, also when nothing is due.
constexpr Duration kMaxSleep = std::chrono::seconds(1);
// How often a waiting caller checks its stop event.
constexpr Duration kStopPollInterval = std::chrono::milliseconds(100);

// Upper bounds in seconds: the target is a p99 of 50 ms, so they are finest around it.
std::vector<double> lateness_bounds() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5};
}

// One configured check. Shared by the table of checks and the run in flight, so that a reload does
// not destroy a running check.
struct Entry {
  CheckConfig config;
  const Kind* kind = nullptr;
  std::unique_ptr<Check> check;
  // All below: under the scheduler's lock.
  bool retired = false;
  std::uint64_t finished = 0;
  std::shared_ptr<const Outcome> last;  // While probes wait for it.
};
using EntryPtr = std::shared_ptr<Entry>;

// Replaces a check that could not be created although its configuration is valid.
class BrokenCheck : public Check {
 public:
  Reading run(Run&) override {
    Reading reading;
    reading.failure = Error{Reason::internal, "", "", ""};
    return reading;
  }
};

class ThreadedScheduler : public Scheduler {
 public:
  ThreadedScheduler(StatusStore& store, History& history, Dependencies dependencies,
                    StopEvent& stop, RunObserver observer, FindKind find)
      : store_(store),
        history_(history),
        dependencies_(dependencies),
        stop_(stop),
        observer_(std::move(observer)),
        find_(std::move(find)),
        lateness_(lateness_bounds()) {
    beat();
  }
  ~ThreadedScheduler() override { stop(); }

  void configure(const Config& config) override;
  void start() override;
  void stop() override;
  Result<Outcome> probe(const std::string& check, const Deadline& deadline) override;
  [[nodiscard]] bool ready() const override;
  [[nodiscard]] SchedulerFacts facts() const override;
  [[nodiscard]] std::chrono::steady_clock::time_point heartbeat() const override {
    return std::chrono::steady_clock::time_point(
        std::chrono::steady_clock::duration(heartbeat_.load()));
  }

 private:
  using Steady = std::chrono::steady_clock;
  void beat() { heartbeat_.store(Steady::now().time_since_epoch().count()); }
  void loop();
  void start_due(std::unique_lock<std::mutex>& lock);
  void run(const EntryPtr& entry);
  void finish(const EntryPtr& entry, Outcome outcome);
  [[nodiscard]] EntryPtr make_entry(const CheckConfig& config) const;
  void add_to_timetable(const Entry& entry);

  StatusStore& store_;
  History& history_;
  const Dependencies dependencies_;
  StopEvent& stop_;
  const RunObserver observer_;
  const FindKind find_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;   // The scheduler's thread waits here,
  std::condition_variable ended_;  // probes here.
  std::map<std::string, EntryPtr> entries_;
  Timetable timetable_;
  HistogramValue lateness_;
  std::size_t in_flight_ = 0;
  std::size_t waiters_ = 0;
  bool stopping_ = false;
  std::atomic<Steady::rep> heartbeat_{0};
  std::thread thread_;
  std::unique_ptr<ThreadPool> thread_pool_ = std::make_unique<ThreadPool>();
};

EntryPtr ThreadedScheduler::make_entry(const CheckConfig& config) const {
  auto entry = std::make_shared<Entry>();
  entry->config = config;
  entry->kind = find_(config.kind);
  std::vector<OptionError> errors;
  if (entry->kind) entry->check = entry->kind->make(entry->config, errors);
  if (!entry->check || !errors.empty()) entry->check = std::make_unique<BrokenCheck>();
  return entry;
}

void ThreadedScheduler::add_to_timetable(const Entry& entry) {
  timetable_.add(entry.config.name, {entry.config.interval, entry.config.retry_interval},
                 Steady::now());
}

void ThreadedScheduler::configure(const Config& config) {
  std::map<std::string, EntryPtr> old;  // Destroyed outside the lock: sessions may take a moment.
  {
    const std::lock_guard lock(mutex_);
    store_.configure(config);
    old.swap(entries_);
    for (const CheckConfig& wanted : config.checks) {
      const auto known = old.find(wanted.name);
      if (known != old.end() && known->second->config == wanted) {
        entries_.emplace(wanted.name, known->second);
        old.erase(known);
        continue;
      }
      if (known != old.end() && !same_target(known->second->config, wanted)) {
        history_.forget(wanted.name);
      }
      entries_.emplace(wanted.name, make_entry(wanted));
    }
    for (const auto& [name, entry] : old) {
      entry->retired = true;
      timetable_.remove(name);
      if (!entries_.contains(name)) history_.forget(name);
    }
    for (const auto& [name, entry] : entries_) add_to_timetable(*entry);
  }
  wake_.notify_all();
  ended_.notify_all();
}

void ThreadedScheduler::start() {
  const std::lock_guard lock(mutex_);
  if (thread_.joinable() || stopping_) return;
  beat();
  thread_ = std::thread([this] { loop(); });
}

void ThreadedScheduler::stop() {
  std::unique_ptr<ThreadPool> thread_pool;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    thread_pool.swap(thread_pool_);
  }
  stop_.fire();
  wake_.notify_all();
  ended_.notify_all();
  if (thread_.joinable()) thread_.join();
  thread_pool.reset();
}

void ThreadedScheduler::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    beat();
    start_due(lock);
    if (stopping_) return;
    const auto at_latest = Steady::now() + kMaxSleep;
    wake_.wait_until(lock, std::min(timetable_.next_due().value_or(at_latest), at_latest));
  }
}

void ThreadedScheduler::start_due(std::unique_lock<std::mutex>& lock) {
  for (const Timetable::Due& due : timetable_.take_due(Steady::now())) {
    if (due.missed > 0) store_.missed(due.name, due.missed);
    if (!due.start) continue;
    const auto found = entries_.find(due.name);
    if (stopping_ || found == entries_.end()) {  // Removed while the lock was released below.
      timetable_.finished(due.name, Steady::now(), false);
      continue;
    }
    const EntryPtr entry = found->second;
    lateness_.observe(seconds(due.late));
    ++in_flight_;
    if (thread_pool_->start([this, entry] { run(entry); })) continue;
    lock.unlock();
    finish(entry, not_started(entry->config, dependencies_.clock.now()));
    lock.lock();
  }
}

void ThreadedScheduler::run(const EntryPtr& entry) {
  const Memory memory = history_.recall(entry->config.name);
  finish(entry, run_once(*entry->check, entry->config, memory, dependencies_));
}

void ThreadedScheduler::finish(const EntryPtr& entry, Outcome outcome) {
  const std::string& name = entry->config.name;
  const bool is_interrupted =
      outcome.reading.failure && outcome.reading.failure->reason == Reason::stopped;
  const auto done = std::make_shared<const Outcome>(std::move(outcome));
  Published change;
  bool is_published = false;
  {
    const std::lock_guard lock(mutex_);
    --in_flight_;
    ++entry->finished;
    // A run interrupted by our own stop says nothing about its target.
    is_published = !entry->retired && !is_interrupted;
    if (is_published) {
      change = store_.publish(name, *done);
      history_.record(observe(entry->config, entry->kind, *done, change));
      entry->last = waiters_ > 0 ? done : nullptr;
    }
    // Also for a retired check: its replacement waits for the end of this run.
    timetable_.finished(name, Steady::now(), change.needs_retry);
    if (waiters_ > 0) ended_.notify_all();
  }
  if (change.needs_retry) wake_.notify_all();
  if (is_published && observer_) observer_(entry->config, *done, change);
}

Result<Outcome> ThreadedScheduler::probe(const std::string& check, const Deadline& deadline) {
  std::unique_lock lock(mutex_);
  const auto found = entries_.find(check);
  if (found == entries_.end()) {
    return Error{Reason::missing, "", "no such check is configured", ""};
  }
  const EntryPtr entry = found->second;
  if (stopping_) return Error{Reason::stopped, "", "", ""};
  if (waiters_ >= kMaxWaiters) return Error{Reason::busy, "", "", ""};
  timetable_.pull(check, Steady::now());  // Joins a run in flight.
  wake_.notify_all();
  ++waiters_;
  const std::uint64_t before = entry->finished;
  const auto is_answered = [&] { return entry->finished > before || entry->retired || stopping_; };
  while (!is_answered() && !deadline.is_over()) {
    ended_.wait_until(lock, std::min(deadline.at(), Steady::now() + kStopPollInterval));
  }
  --waiters_;
  if (entry->retired) return Error{Reason::missing, "", "the check was removed meanwhile", ""};
  if (entry->finished > before && entry->last) return *entry->last;
  const bool at_stop = stopping_ || (deadline.stop() && deadline.stop()->fired());
  return Error{at_stop ? Reason::stopped : Reason::timed_out, "", "", ""};
}

bool ThreadedScheduler::ready() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::all_of(entries_, [](const auto& e) { return e.second->finished > 0; });
}

SchedulerFacts ThreadedScheduler::facts() const {
  const std::lock_guard lock(mutex_);
  return {lateness_, in_flight_, thread_pool_ ? thread_pool_->threads() : 0};
}

}  // namespace

std::unique_ptr<Scheduler> make_scheduler(StatusStore& store, History& history,
                                          Dependencies dependencies, StopEvent& stop,
                                          RunObserver observer, FindKind find) {
  return std::make_unique<ThreadedScheduler>(store, history, dependencies, stop,
                                             std::move(observer), std::move(find));
}

}  // namespace holdfast
