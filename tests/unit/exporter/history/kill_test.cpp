// SPDX-License-Identifier: Apache-2.0
// kill -9 at 200 random moments of a real process that writes a real file. The writer is this same
// program, started with the one test that is skipped otherwise.
#include <doctest/doctest.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <random>

#include "tests/unit/exporter/history/script.h"

using namespace holdfast;
using namespace holdfast::test;
using namespace std::chrono_literals;

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace {

constexpr const char* kFileVariable = "HOLDFAST_TEST_HISTORY";
constexpr int kKills = 200;

std::unique_ptr<History> open_at(const std::string& file) {
  HistoryOptions options;
  options.path = file;
  options.writes_by_itself = false;
  return make_history(options);
}

/// The next step, by the memory in the history.
int next_step(History& history) {
  return history.recall(kScriptCheck).object().value("step", -1) + 1;
}

/// A process that writes step after step and reports each one that is certainly written.
class Writer {
 public:
  explicit Writer(const std::string& file) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    promises_ = pipe[0];
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipe[0]);
    std::string words[] = {"holdfast_unit", "--no-skip", "--minimal",
                           "--test-case=(a writer that is killed)"};
    char* arguments[] = {words[0].data(), words[1].data(), words[2].data(), words[3].data(),
                         nullptr};
    ::setenv(kFileVariable, file.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    const int fault = ::posix_spawn(&pid_, "/proc/self/exe", &actions, nullptr, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    REQUIRE(fault == 0);
  }
  ~Writer() { ::close(promises_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  /// Waits until that many were reported; false when the writer ended before.
  [[nodiscard]] bool wait_for(int promises) {
    while (promised_ < promises)
      if (!take_one()) return false;
    return true;
  }
  /// Kills it that much later and returns how many steps it had reported by then.
  int kill_after(std::chrono::microseconds time) {
    const timespec pause{0, time.count() * 1000};
    ::nanosleep(&pause, nullptr);  // A random moment, not a wait for something.
    ::kill(pid_, SIGKILL);
    int status = 0;
    REQUIRE(::waitpid(pid_, &status, 0) == pid_);
    REQUIRE(WIFSIGNALED(status));
    while (take_one()) {
    }
    return promised_;
  }

 private:
  bool take_one() {
    char byte = 0;
    if (::read(promises_, &byte, 1) != 1) return false;
    promised_ += byte == '.';
    return true;
  }
  pid_t pid_ = -1;
  int promises_ = -1;
  int promised_ = 0;
};

/// What one kill left behind, as the next daemon finds it.
struct Aftermath {
  int next = 0;
  std::size_t killed = 0;  ///< Gaps of that cause, of all kills so far.
};

/// Opens the file after a kill and compares it with what was reported; `before` is the first step
/// of the writer.
Aftermath look_after(const ScratchFolder& folder, int before, int promised) {
  const auto history = open_at(folder.file());
  CHECK(history->facts().is_file);
  CHECK_FALSE(folder.has_set_aside());
  const int next = next_step(*history);
  // Every reported step, and the one in flight completely or not at all.
  const bool is_right = next == before + promised || next == before + promised + 1;
  CHECK(is_right);
  // Every third reading is another status: each step of this stretch is where it belongs.
  const int first = std::max(0, before - 3);
  const auto found =
      history->evidence({script_time(first), script_time(next + 10)}, {kScriptCheck});
  REQUIRE(found);
  int last_critical = -1;
  for (const StatusSpan& one : found->checks.at(0).spans) {
    const auto step = static_cast<int>((one.span.begin - script_time(0)) / 15s);
    if (one.raw != Status::critical) continue;
    CHECK(step % 3 == 2);
    if (last_critical >= 0) CHECK(step == last_critical + 3);
    last_critical = step;
  }
  if (next >= 3) CHECK(last_critical == (next - 3) / 3 * 3 + 2);
  CHECK(found->checks.at(0).incidents.size() >= static_cast<std::size_t>((next - first) / 3));
  const WallTime now = std::chrono::system_clock::now();
  const auto all = history->evidence({now - 24h, now + 1h}, {});
  REQUIRE(all);
  Aftermath out{next, 0};
  for (const Gap& gap : all->gaps) out.killed += gap.cause == GapCause::killed;
  return out;
}

}  // namespace

TEST_CASE("(a writer that is killed)" * doctest::skip()) {
  const char* file = std::getenv(kFileVariable);  // NOLINT(concurrency-mt-unsafe)
  if (file == nullptr) return;
  const auto history = open_at(file);
  // Bounded in case it is not killed.
  for (int i = 0; i < 100'000; ++i) {
    history->record(script_step(next_step(*history), 2000));
    REQUIRE(history->evidence({script_time(0), script_time(0)}, {}));  // Writes.
    if (::write(STDOUT_FILENO, ".", 1) != 1) return;
  }
}

TEST_CASE("kill -9 at 200 random moments loses at most the reading in flight") {
  const ScratchFolder folder;
  std::mt19937 random(20251113);
  int next = 0;
  std::size_t gaps = 0;
  for (int i = 0; i < kKills; ++i) {
    CAPTURE(i);
    Writer writer(folder.file());
    // Some before it has written anything, while it opens the file.
    const bool is_early = i % 10 == 9;
    if (!is_early) REQUIRE(writer.wait_for(1));
    const auto moment = std::uniform_int_distribution<>(0, is_early ? 30'000 : 12'000)(random);
    const int promised = writer.kill_after(std::chrono::microseconds(moment));
    const Aftermath left = look_after(folder, next, promised);
    if (promised > 0) CHECK(left.killed == gaps + 1);
    CHECK(left.killed <= gaps + 1);
    gaps = left.killed;
    next = left.next;
  }
  CHECK(gaps >= kKills * 9 / 10);
  CHECK(next > kKills);
}
