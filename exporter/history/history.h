// SPDX-License-Identifier: Apache-2.0
// What outlives a run: the memory of each check, its statuses and incidents, gaps and their causes,
// maintenance, notes. In a SQLite file or, without one, in RAM. Safe to use from any thread.
// Records are written about once a second, so that a slow disk never blocks a run.
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

/// The state of the history itself.
struct HistoryFacts {
  bool is_file = false;                    ///< Else it is lost when the process ends.
  bool is_writable = true;                 ///< The last write worked; always so without a file.
  std::uint64_t bytes = 0;                 ///< Of the file and its WAL.
  std::uint64_t write_errors = 0;          ///< Since the start.
  std::uint64_t left_out = 0;              ///< Readings dropped because they could not be written.
  std::string problem;                     ///< The current one, as a sentence; empty: none.
  std::optional<WallTime> replayed_until;  ///< In a demo: what is older was replayed.
};

/// The note that marks a demo: what is older than this moment was replayed.
inline constexpr const char* kReplayedUntil = "replayed_until";

class History {
 public:
  virtual ~History() = default;
  /// The memory of that check's last complete reading; empty when there is none.
  [[nodiscard]] virtual Memory recall(const std::string& check) = 0;
  /// Stores one published run: memory, status, incidents, latencies and use; all or nothing.
  virtual void record(Observation seen) = 0;
  /// Deletes the memory of a check that is no longer configured. Its evidence stays.
  virtual void forget(const std::string& check) = 0;
  /// The evidence of `range` for these checks, including all that was recorded before the call.
  [[nodiscard]] virtual Result<Evidence> evidence(const Span& range,
                                                  const std::vector<std::string>& checks) = 0;
  /// A short text stored under a key, such as the start of a window.
  [[nodiscard]] virtual std::optional<std::string> note(const std::string& key) = 0;
  virtual void keep_note(const std::string& key, const std::string& value) = 0;
  /// Stores limits and criteria as text, by scope; those that differ from the stored ones become
  /// LimitChanges at `at`.
  virtual void keep_limits(const std::map<std::string, std::string>& limits, WallTime at) = 0;
  /// How far back the evidence must reach; older evidence is deleted.
  virtual void set_keep(Duration keep, std::optional<WallTime> needed_since) = 0;
  [[nodiscard]] virtual HistoryFacts facts() const = 0;
};

struct HistoryOptions {
  std::string path;                     ///< Empty: in RAM.
  const HistoryClock* clock = nullptr;  ///< Null: the machine's.
  /// False: it writes only when evidence is read and at the end; for tests.
  bool writes_by_itself = true;
  const char* vfs = nullptr;  ///< Another file system; for tests.
};

/// The history in that file, created when missing; a damaged file is set aside and replaced. When
/// the file cannot be used the history is kept in RAM, and log and facts say so.
[[nodiscard]] std::unique_ptr<History> make_history(const HistoryOptions& options);
/// The daemon's file as commands read it: nothing is recorded. Empty when there is no file.
[[nodiscard]] std::unique_ptr<History> read_history(const std::string& path);

/// A moment as stored in a note: milliseconds since 1970.
[[nodiscard]] WallTime parse_moment_note(const std::string& text);
/// The start of a window with `start: now`: stored at the first call.
[[nodiscard]] WallTime window_start(History& history, const std::string& window, WallTime now);

}  // namespace holdfast
