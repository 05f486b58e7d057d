// SPDX-License-Identifier: Apache-2.0
// The latest state of every check: status, findings, incidents, samples, and the counters and
// histograms that outlive a reading. Written by the scheduler after each run, read by exposition,
// status page and commands. Any thread; views are copies.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/history/evidence.h"
#include "exporter/metrics/outcome.h"
#include "exporter/system/clock.h"

namespace holdfast {

/// A confirmed period in which a finding was active.
struct Incident {
  Severity severity = Severity::warning;
  std::chrono::system_clock::time_point since;  ///< Dated back to the first bad reading.
  std::vector<Finding> findings;                ///< As last seen.
};

/// The current state of one check.
struct CheckView {
  std::string name;
  std::string kind;
  std::string database;  ///< Name of the database, or empty.
  Duration interval{};
  Status raw = Status::unknown;        ///< Of the last run, or unknown when stale or not yet run.
  Status confirmed = Status::unknown;  ///< After confirmation.
  std::chrono::system_clock::time_point since;  ///< Since when `confirmed` has been the same.
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

/// Everything shown of one check. Immutable, shared between readers.
struct CheckPage {
  CheckConfig config;
  const Kind* kind = nullptr;
  CheckView view;
  std::vector<Series> series;                ///< What the kind measured, sorted, no duplicates.
  std::map<Reason, std::uint64_t> failures;  ///< 0 from the start for the reasons of its kind.
  HistogramValue durations;
  std::uint64_t missed = 0;
  std::size_t labels_dropped = 0;  ///< Samples over the bound on label values.
};

/// What a published run changed.
struct Published {
  bool needs_retry = false;               ///< A finding is not confirmed yet.
  bool first_failure = false;             ///< It failed and the one before did not, or differently.
  Status before = Status::unknown;        ///< Confirmed.
  Status after = Status::unknown;         ///< Confirmed.
  std::vector<IncidentRecord> incidents;  ///< For the history: open now, or closed by this run.
};

/// Looks up kinds; tests use their own.
using FindKind = std::function<const Kind*(std::string_view)>;

class StatusStore {
 public:
  virtual ~StatusStore() = default;
  /// Applies a configuration: unchanged checks keep their state, removed ones are dropped at once.
  virtual void configure(const Config& config) = 0;
  /// Stores a finished scheduled run; ignored if the check is not configured.
  virtual Published publish(const std::string& check, const Outcome& outcome) = 0;
  /// Counts runs that could not start on time because the previous one was still running.
  virtual void missed(const std::string& check, std::uint64_t runs = 1) = 0;
  [[nodiscard]] virtual std::vector<CheckView> view() const = 0;
  [[nodiscard]] virtual std::optional<CheckView> view(const std::string& check) const = 0;
  /// All checks, in the order of the configuration.
  [[nodiscard]] virtual std::vector<std::shared_ptr<const CheckPage>> pages() const = 0;
  /// Increases with every change, also when a reading becomes stale; pages are cached by it.
  [[nodiscard]] virtual std::uint64_t generation() const = 0;
};

/// `clock` outlives it.
[[nodiscard]] std::unique_ptr<StatusStore> make_status_store(const Clock& clock,
                                                             FindKind find = find_kind);

}  // namespace holdfast
