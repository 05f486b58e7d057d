// SPDX-License-Identifier: Apache-2.0
// One time series as the board keeps it, and the histogram behind some of them. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

/// A histogram: how many observations fell at or below each bound, and their sum.
struct HistogramValue {
  std::vector<double> bounds;         ///< Ascending, without +Inf.
  std::vector<std::uint64_t> counts;  ///< Not cumulative; one more than bounds, the last is +Inf.
  double sum = 0;
  std::uint64_t count = 0;

  HistogramValue() = default;
  explicit HistogramValue(std::vector<double> upper_bounds)
      : bounds(std::move(upper_bounds)), counts(bounds.size() + 1) {}
  /// Takes in a finite value; others are ignored, since one NaN would spoil the sum for ever.
  void observe(double value);
};

/// One series: which metric, which label values, and its value or histogram.
struct Series {
  const MetricSpec* spec = nullptr;
  std::vector<std::string> labels;
  double value = 0;
  HistogramValue histogram;  ///< For metrics of that type.
};

}  // namespace holdfast
