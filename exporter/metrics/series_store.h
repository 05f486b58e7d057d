// SPDX-License-Identifier: Apache-2.0
// The series of one check: what the last reading set, what outlives it (valid_for, counters,
// histograms), and the bound on label values. Not thread-safe; the board holds it under its lock.
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
  /// Different values one label of one check may have: first come, first kept, so a kind names
  /// what is configured first.
  static constexpr std::size_t kMaxLabelValues = 200;

  /// `kind` outlives it. `<kind>_up`, where it exists, stays while the check is configured.
  explicit SeriesStore(const Kind& kind);

  /// Replaces what earlier readings set, but for samples whose valid_for still runs, and feeds
  /// counters and histograms. Samples that are not finite or not of this kind are left out.
  void take(const std::vector<Sample>& samples, TimePoint now);
  /// Drops what the last reading set, since it is no longer fresh; valid_for runs on.
  void drop_stale();
  /// Drops samples whose valid_for is over by `now`.
  void drop_expired(TimePoint now);
  /// When the next sample stops being valid; max() when none does.
  [[nodiscard]] TimePoint next_expiry() const;
  /// Everything, sorted by metric and labels.
  [[nodiscard]] std::vector<Series> series() const;
  /// Samples of the last reading that were over the bound on label values.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  using Key = std::pair<const MetricSpec*, std::vector<std::string>>;
  struct Set {
    double value = 0;
    TimePoint valid_until{};
  };
  [[nodiscard]] bool is_ours(const Sample& sample) const;
  /// Makes labels fit; false when the sample has no place.
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
