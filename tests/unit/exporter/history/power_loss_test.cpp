// SPDX-License-Identifier: Apache-2.0
// What the history holds after the disk fails or power is lost, at every moment that matters. The
// disk is a shadow over real files (faulty_disk.h); SQLite and the history are real.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "exporter/history/history_file.h"
#include "tests/unit/exporter/history/faulty_disk.h"
#include "tests/unit/exporter/history/script.h"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

namespace {

constexpr auto kOutage = 95min;

/// The state after each step of the script without failures; the first is the empty one.
std::vector<std::string> right_states(int steps, std::size_t filler) {
  const ScratchFolder folder;
  HandClock clock;
  const auto history = open_on(folder.file(), clock, nullptr);
  std::vector<std::string> out{script_state(*history)};
  for (int step = 0; step < steps; ++step) {
    history->record(script_step(step, filler));
    out.push_back(script_state(*history));
    clock.pass(15s);
  }
  return out;
}

/// Simulates power loss before each change of the disk, and knows how much was reported by then.
class PowerLoss {
 public:
  PowerLoss(int steps, std::size_t filler)
      : filler_(filler), states_(right_states(steps, filler)) {}

  void run() {
    const ScratchFolder folder;
    disk_.before_event = [this](FaultyDisk::Event event) { lose_power(event); };
    {
      const auto history = open_on(folder.file(), clock_, &disk_);
      REQUIRE(history->facts().is_file);
      (void)script_state(*history);
      is_begun_ = true;
      for (std::size_t step = 0; step + 1 < states_.size(); ++step) {
        history->record(script_step(static_cast<int>(step), filler_));
        CHECK(script_state(*history) == states_.at(step + 1));
        kept_ = step + 1;
        clock_.pass(15s);
      }
    }
    is_ended_ = true;
    lose_power(FaultyDisk::Event::sync);
  }
  [[nodiscard]] int losses() const { return losses_; }

 private:
  void lose_power(FaultyDisk::Event event) {
    // Between two syncs one write is like the next.
    if (event == FaultyDisk::Event::write && ++writes_ % 40 != 0) return;
    for (const auto loss : {FaultyDisk::Loss::everything, FaultyDisk::Loss::some,
                            FaultyDisk::Loss::some, FaultyDisk::Loss::some})
      look_after(loss);
  }

  void look_after(FaultyDisk::Loss loss) {
    ++losses_;
    CAPTURE(losses_);
    CAPTURE(kept_);
    const ScratchFolder folder;
    disk_.lay_down(folder.path(), loss, random_);
    HandClock later = clock_;
    later.boot = "boot-2";
    later.pass(kOutage);
    const auto history = open_on(folder.file(), later, nullptr);
    CHECK(history->facts().is_file);
    CHECK(history->facts().is_writable);
    CHECK_FALSE(folder.has_set_aside());
    const std::string state = script_state(*history);
    // What was reported is there, and what was in flight is complete or missing.
    const bool is_right = state == states_.at(kept_) ||
                          (kept_ + 1 < states_.size() && state == states_.at(kept_ + 1));
    CHECK(is_right);
    const auto found = history->evidence({script_time(-10), later.moment.wall + 1h}, {});
    // Not REQUIRE: its exception would pass through SQLite, which has called us.
    const std::size_t gaps = found ? found->gaps.size() : 99;
    if (!is_begun_ && gaps == 0) return;  // Before its first liveness mark.
    CHECK(gaps == 1);
    if (gaps != 1) return;
    const GapCause cause = found->gaps[0].cause;
    const bool is_cause_right =
        cause == GapCause::host_down || (cause == GapCause::stopped && is_stopping());
    CHECK(is_cause_right);
    if (is_ended_) CHECK(cause == GapCause::stopped);
    CHECK(found->gaps[0].span.end == later.moment.wall);
  }
  [[nodiscard]] bool is_stopping() const { return kept_ + 1 == states_.size(); }

  const std::size_t filler_;
  const std::vector<std::string> states_;
  FaultyDisk disk_;
  HandClock clock_;
  std::mt19937 random_{20251106};
  std::size_t kept_ = 0;
  std::size_t writes_ = 0;
  int losses_ = 0;
  bool is_begun_ = false;
  bool is_ended_ = false;
};

/// The result of the script on a disk that fails three times.
enum class Life { without_file, fixed, unharmed };
constexpr int kFailingSteps = 4;

/// Runs the script; a failure is shown while it lasts, and nothing is missing afterwards.
Life live_on(const FaultyDisk& disk, const std::string& file, const HandClock& clock,
             const std::string& right) {
  const auto history = open_on(file, clock, &disk);
  if (!history->facts().is_file) {
    // It failed at the start: the history is kept in memory, and says so.
    CHECK_FALSE(history->facts().problem.empty());
    CHECK_FALSE(history->facts().is_writable);
    history->record(script_step(0, 10));
    CHECK(history->recall(kScriptCheck).object().value("step", -1) == 0);
    return Life::without_file;
  }
  const auto write = [&] {
    (void)history->evidence({script_time(0), script_time(1)}, {kScriptCheck});
  };
  for (int step = 0; step < kFailingSteps; ++step) {
    history->record(script_step(step, 5000));
    write();
    CHECK(history->facts().is_writable == history->facts().problem.empty());
  }
  // The writer retries every second, with or without new records.
  for (int again = 0; again < 4 && !history->facts().is_writable; ++again) write();
  CHECK(history->facts().is_writable);
  CHECK(history->facts().left_out == 0);
  CHECK(script_state(*history) == right);
  return history->facts().write_errors > 0 ? Life::fixed : Life::unharmed;
}

}  // namespace

TEST_CASE("power loss at any sync loses no written reading") {
  PowerLoss small(12, 10);
  small.run();
  CHECK(small.losses() > 60);
}

TEST_CASE("power loss during a checkpoint loses no written reading") {
  // Enough memory for a checkpoint (at 1000 pages) in the middle.
  PowerLoss large(7, 800'000);
  large.run();
  CHECK(large.losses() > 60);
}

TEST_CASE("after a disk failure at any write nothing is missing once the disk works again") {
  const auto states = right_states(kFailingSteps, 5000);
  std::size_t events = 0;
  {
    FaultyDisk healthy;
    const ScratchFolder folder;
    HandClock clock;
    REQUIRE(live_on(healthy, folder.file(), clock, states.back()) == Life::unharmed);
    events = healthy.events();
  }
  REQUIRE(events > 30);
  std::map<Life, int> lives;
  for (const int code : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
    for (std::size_t first = 0; first < events; ++first) {
      CAPTURE(code);
      CAPTURE(first);
      const ScratchFolder folder;
      FaultyDisk disk;
      disk.fail(first, 3, code);
      HandClock clock;
      const Life life = live_on(disk, folder.file(), clock, states.back());
      ++lives[life];
      CHECK(disk.failed() > 0);
      CHECK_FALSE(folder.has_set_aside());
      if (life == Life::without_file) continue;
      CHECK(script_state(*open_on(folder.file(), clock, nullptr)) == states.back());
    }
  }
  // The disk failed at the start, in the middle, and so late that nothing was left to write.
  CHECK(lives[Life::without_file] > 3);
  CHECK(lives[Life::fixed] > 10);
  CHECK(lives[Life::unharmed] > 0);
}

TEST_CASE("a disk that stays full is reported, and what was not written is not claimed") {
  const ScratchFolder folder;
  FaultyDisk disk;
  HandClock clock;
  const auto states = right_states(2, 10);
  {
    const auto history = open_on(folder.file(), clock, &disk);
    history->record(script_step(0, 10));
    REQUIRE(script_state(*history) == states.at(1));
    disk.fail(disk.events(), 1'000'000, SQLITE_FULL);
    history->record(script_step(1, 10));
    (void)script_state(*history);
    const HistoryFacts facts = history->facts();
    CHECK_FALSE(facts.is_writable);
    CHECK(facts.write_errors == 1);
    CHECK(facts.problem.find("the disk is full") != std::string::npos);
    // Memories are kept in RAM.
    CHECK(history->recall(kScriptCheck).object().value("step", -1) == 1);
  }
  CHECK(script_state(*open_on(folder.file(), clock, nullptr)) == states.at(1));
}

TEST_CASE("a long reader does not block the writer and sees one snapshot") {
  const ScratchFolder folder;
  HandClock clock;
  const auto history = open_on(folder.file(), clock, nullptr);
  history->record(script_step(0, 10));
  (void)script_state(*history);
  auto reader = Sqlite::open(folder.file(), FileUse::read_only);
  REQUIRE(reader);
  REQUIRE((*reader)->run("BEGIN"));
  const auto rows = [&] { return (*reader)->number("SELECT count(*) FROM spans"); };
  REQUIRE(rows() == 1);
  // Beyond the 1000 pages at which SQLite starts a checkpoint.
  for (int step = 1; step <= 6; ++step) {
    history->record(script_step(step, 800'000));
    (void)script_state(*history);
  }
  CHECK(history->facts().write_errors == 0);
  CHECK(history->facts().is_writable);
  CHECK(rows() == 1);
  REQUIRE((*reader)->run("COMMIT"));
  CHECK(rows() == 5);
}
