// SPDX-License-Identifier: Apache-2.0
// The series of one check: samples of the last reading, samples that outlive it (valid_for,
// counters, histograms), and the bound on label values. Not thread-safe: guarded by the status
// store.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "exporter/metrics/series.h"

namespace holdfast {

class SeriesStore {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Distinct values of one label of one check. The first ones are kept, so kinds report configured
  /// names first.
  static constexpr std::size_t kMaxLabelValues = 200;

  /// `kind` outlives it. `<kind>_up`, where it exists, stays while the check is configured.
  explicit SeriesStore(const Kind& kind);

  /// Replaces the samples of earlier readings, except those still valid by valid_for, and updates
  /// counters and histograms. Samples that are NaN or not of this kind are ignored.
  void take(const std::vector<Sample>& samples, TimePoint now);
  /// Drops the samples of the last reading, which is stale; valid_for still applies.
  void drop_stale();
  /// Drops samples whose valid_for has expired by `now`.
  void drop_expired(TimePoint now);
  /// When the next sample expires; max() when none does.
  [[nodiscard]] TimePoint next_expiry() const;
  /// All series, sorted by metric and labels.
  [[nodiscard]] std::vector<Series> series() const;
  /// Samples of the last reading that exceeded kMaxLabelValues.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  using Key = std::pair<const MetricSpec*, std::vector<std::string>>;
  struct Set {
    double value = 0;
    TimePoint valid_until{};
  };
  [[nodiscard]] bool is_ours(const Sample& sample) const;
  /// Bounds the label values; false when the sample must be dropped.
  bool admit(const Sample& sample, std::vector<std::string>& labels);
  void take_one(const Sample& sample, TimePoint now, std::map<Key, Set>& fresh,
                std::set<Key>& others);
  void release_labels(const std::vector<Sample>& samples);
  void keep_up();

  const Kind& kind_;
  const MetricSpec* up_ = nullptr;
  std::map<Key, Set> set_;
  std::map<Key, double> added_;
  std::map<Key, HistogramValue> observed_;
  std::map<std::string_view, std::set<std::string>> label_values_;
  std::size_t dropped_ = 0;
};

}  // namespace holdfast
