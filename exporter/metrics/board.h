// SPDX-License-Identifier: Apache-2.0
// The latest of every check: status, findings, incidents, samples, and the counters and histograms
// that outlive a reading. Written by the scheduler after each run, read by exposition, status page
// and commands. All members may be called from any thread; views are copies.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// A confirmed span in which something stood (design, Confirmation).
struct Incident {
  Severity severity = Severity::warning;
  std::chrono::system_clock::time_point since;  ///< Dated back to its first sign.
  std::vector<Finding> findings;                ///< As last seen.
};

/// One check as it stands now.
struct CheckView {
  std::string name;
  std::string kind;
  std::string database;  ///< Name of the database, or empty.
  Duration interval{};
  Status raw = Status::unknown;        ///< Of the last run, or unknown when stale or not yet run.
  Status confirmed = Status::unknown;  ///< After confirmation.
  std::chrono::system_clock::time_point since;  ///< Since when `confirmed` has stood.
  bool success = false;                         ///< The last run was complete, and is fresh.
  bool fresh = false;
  std::optional<Now> last_run;  ///< End of the last run.
  std::optional<Now> last_success;
  Duration took{};
  std::optional<Error> failure;
  std::vector<Finding> findings;
  std::vector<std::string> not_judged;
  std::vector<std::string> notes;
  std::vector<Incident> incidents;  ///< Open ones.
  std::uint64_t runs = 0;
};

/// One series of the exposition, as the board keeps it; see exposition.h for the pages.
class Board {
 public:
  virtual ~Board() = default;
  /// Takes over a configuration: unchanged checks keep everything, removed ones go at once.
  virtual void configure(const Config& config) = 0;
  /// Puts up a finished scheduled run.
  virtual void publish(const std::string& check, const Outcome& outcome) = 0;
  /// Counts a run that could not start on time because the last one was still going.
  virtual void missed(const std::string& check) = 0;
  [[nodiscard]] virtual std::vector<CheckView> view() const = 0;
  [[nodiscard]] virtual std::optional<CheckView> view(const std::string& check) const = 0;
  /// Grows with every change; pages are cached by it.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

}  // namespace holdfast
