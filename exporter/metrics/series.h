// SPDX-License-Identifier: Apache-2.0
// One time series of the status store, and its histogram. Plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

/// A histogram: counts per bucket and the sum of observations.
struct HistogramValue {
  std::vector<double> bounds;         ///< Ascending, without +Inf.
  std::vector<std::uint64_t> counts;  ///< Not cumulative; one more than bounds, the last is +Inf.
  double sum = 0;
  std::uint64_t count = 0;

  HistogramValue() = default;
  explicit HistogramValue(std::vector<double> upper_bounds)
      : bounds(std::move(upper_bounds)), counts(bounds.size() + 1) {}
  /// Adds a finite value; others are ignored, since one NaN would make the sum NaN.
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
