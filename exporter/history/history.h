// SPDX-License-Identifier: Apache-2.0
// What outlives a run: the memory of each check, its steps and incidents, gaps and their causes,
// maintenance, notes. In a SQLite file or, where there is none, in RAM. Safe to use from any
// thread; what is recorded is written about once a second, so that a slow disk never holds a run.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checks/memory.h"
#include "exporter/history/clock.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// What the history says of itself.
struct HistoryFacts {
  bool is_file = false;            ///< Else it ends with the process.
  bool is_writable = true;         ///< The last write worked; always so without a file.
  std::uint64_t bytes = 0;         ///< Of the file and its log.
  std::uint64_t write_errors = 0;  ///< Since the start.
  std::uint64_t left_out = 0;      ///< Readings that could not be kept until the disk worked again.
  std::string trouble;             ///< What stands against it now, a sentence; empty: nothing.
  std::optional<WallTime> replayed_until;  ///< In a demonstration: what is older was never seen.
};

/// The note that marks a demonstration: what is older than this moment was replayed, not seen.
inline constexpr const char* kReplayedUntil = "replayed_until";

class History {
 public:
  virtual ~History() = default;
  /// The memory that check's last complete reading left; empty when there is none.
  [[nodiscard]] virtual Memory recall(const std::string& check) = 0;
  /// Keeps one published run: its memory, step, incidents, latencies and use; all or nothing.
  virtual void record(Observation seen) = 0;
  /// Forgets the memory of a check that is configured no longer. Its evidence stays.
  virtual void forget(const std::string& check) = 0;
  /// What is known of `range`, for these checks; what was recorded before the call is in it.
  [[nodiscard]] virtual Result<Evidence> evidence(const Span& range,
                                                  const std::vector<std::string>& checks) = 0;
  /// A short text kept under a name: the start of a window, a report that was delivered.
  [[nodiscard]] virtual std::optional<std::string> note(const std::string& key) = 0;
  virtual void keep_note(const std::string& key, const std::string& value) = 0;
  /// Keeps what limits or criteria say, by scope; what has changed since the last time becomes a
  /// LimitChange at `at`.
  virtual void keep_limits(const std::map<std::string, std::string>& limits, WallTime at) = 0;
  /// How far back the evidence must reach: what is older is taken out.
  virtual void set_keep(Duration keep, std::optional<WallTime> needed_since) = 0;
  [[nodiscard]] virtual HistoryFacts facts() const = 0;
};

struct HistoryOptions {
  std::string path;                     ///< Empty: in RAM.
  const HistoryClock* clock = nullptr;  ///< Null: the machine's.
  bool writes_by_itself =
      true;                   ///< False: only when evidence is asked for and at the end; for tests.
  const char* vfs = nullptr;  ///< Another file system; for tests.
};

/// The history in that file, made when it is not there; a damaged one is set aside and a new one
/// begun. A file that cannot be used for now gives one that ends with the process, and says so in
/// the log and in its facts.
[[nodiscard]] std::unique_ptr<History> make_history(const HistoryOptions& options);
/// A history that ends with the process.
[[nodiscard]] std::unique_ptr<History> make_ram_history();
[[nodiscard]] std::unique_ptr<History> open_history(const std::string& path);
/// What the daemon's file holds now, for commands: what is recorded in it goes nowhere. Empty when
/// there is no file.
[[nodiscard]] std::unique_ptr<History> read_history(const std::string& path);

/// The first start of a window with `start: now`: stored when it is first asked for.
[[nodiscard]] WallTime window_start(History& history, const std::string& window, WallTime now);

}  // namespace holdfast
