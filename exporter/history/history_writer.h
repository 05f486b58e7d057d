// SPDX-License-Identifier: Apache-2.0
// Writes what has happened into the history's tables: a batch in one transaction, or nothing of it.
// Keeps the last step of each check at hand, so that a reading that says the same only makes its
// step longer. One thread at a time.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "exporter/history/evidence.h"
#include "exporter/history/sqlite.h"

namespace holdfast {

/// Milliseconds since 1970, as the file has them, and back.
[[nodiscard]] std::int64_t to_file_time(WallTime at);
[[nodiscard]] WallTime from_file_time(std::int64_t at);

/// What is to be written at once.
struct HistoryBatch {
  std::vector<Observation> observations;   ///< In the order in which they were made.
  std::map<std::string, Memory> memories;  ///< The latest of each check; an empty one forgets it.
  std::map<std::string, std::string> notes;
  std::vector<Gap> gaps;
  std::vector<LimitChange> changes;
  std::vector<std::int64_t> done_actions;
  [[nodiscard]] bool empty() const;
};

class HistoryWriter {
 public:
  explicit HistoryWriter(Sqlite& file) : file_(file) {}
  /// Errors: garbage, own_limit. After one nothing of the batch is in the file.
  [[nodiscard]] Result<Done> write(const HistoryBatch& batch, WallTime now);
  /// Takes out what ended before `limit`, bit by bit.
  [[nodiscard]] Result<Done> prune(WallTime limit);

 private:
  struct Step {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t last = 0;  // Of its last reading: before that moment nothing new can be said.
    int raw = 0;
    int confirmed = 0;
  };
  struct Known {
    std::int64_t id = 0;
    std::optional<Step> step;
    std::int64_t hour = -1;
    Distribution latency;  // Of that hour.
    bool is_latency_new = false;
    std::optional<std::int64_t> last_use;
    std::set<std::pair<std::int64_t, std::int64_t>> open;  // Incidents: since and severity.
  };

  [[nodiscard]] bool write_all(const HistoryBatch& batch, WallTime now);
  [[nodiscard]] bool write_memory(const std::string& check, const Memory& memory);
  [[nodiscard]] bool write_observation(const Observation& seen);
  [[nodiscard]] bool write_step(Known& known, const Observation& seen);
  [[nodiscard]] bool write_incidents(Known& known, const Observation& seen);
  [[nodiscard]] bool write_use(Known& known, const Observation& seen);
  [[nodiscard]] bool count_latencies(Known& known, const Observation& seen);
  [[nodiscard]] bool write_latency(Known& known);
  [[nodiscard]] Known* known_check(const std::string& name, const std::string& kind);

  Sqlite& file_;
  std::map<std::string, Known> checks_;  // What was read from the file, or written to it.
};

}  // namespace holdfast
