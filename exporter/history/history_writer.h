// SPDX-License-Identifier: Apache-2.0
// Writes the history's tables, a batch in one transaction. Caches the last status span of each
// check, so that an unchanged status only extends it. One thread at a time.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// Observations that may wait to be written: two hours of twenty checks, about 10 MB at most.
inline constexpr std::size_t kMaxWaiting = 10'000;

/// What is written in one transaction.
struct HistoryBatch {
  std::vector<Observation> observations;   ///< In the order of their runs.
  std::map<std::string, Memory> memories;  ///< The latest of each check; an empty one forgets it.
  std::map<std::string, std::string> notes;
  std::vector<Gap> gaps;
  std::vector<LimitChange> changes;
  std::vector<std::int64_t> done_actions;
  [[nodiscard]] bool empty() const;
  /// Puts back what could not be written; newer values of the same key win.
  void put_back(HistoryBatch older);
  /// Drops the oldest observations over kMaxWaiting; returns how many.
  [[nodiscard]] std::size_t drop_excess();
};

class HistoryWriter {
 public:
  explicit HistoryWriter(Sqlite& file) : file_(file) {}
  /// Errors: garbage, own_limit; then nothing of the batch is written.
  [[nodiscard]] Result<Done> write(const HistoryBatch& batch, WallTime now);
  /// Deletes what ended before `limit`.
  [[nodiscard]] Result<Done> prune(WallTime limit);

 private:
  struct StatusRow {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t last = 0;  // Its last reading; nothing is written for the time before it.
    Status raw = Status::unknown;
    Status confirmed = Status::unknown;
  };
  struct Known {
    std::int64_t id = 0;
    std::optional<StatusRow> status;
    std::int64_t hour = -1;
    Distribution latency;  // Of that hour.
    bool is_latency_unwritten = false;
    std::optional<std::int64_t> last_use;
    std::set<std::pair<std::int64_t, std::int64_t>> open;  // Incidents: since and severity.
  };

  [[nodiscard]] bool write_all(const HistoryBatch& batch, WallTime now);
  [[nodiscard]] bool write_memory(const std::string& check, const Memory& memory);
  [[nodiscard]] bool write_observation(const Observation& seen);
  [[nodiscard]] bool write_status(Known& known, const Observation& seen);
  [[nodiscard]] bool write_incidents(Known& known, const Observation& seen);
  [[nodiscard]] bool write_use(Known& known, const Observation& seen);
  [[nodiscard]] bool count_latencies(Known& known, const Observation& seen);
  [[nodiscard]] bool write_latency(Known& known);
  [[nodiscard]] Known* known_check(const std::string& name, const std::string& kind);

  Sqlite& file_;
  std::map<std::string, Known> checks_;  // A cache of what is in the file.
};

}  // namespace holdfast
