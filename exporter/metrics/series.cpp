// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/series.h"

#include <algorithm>
#include <cmath>

namespace holdfast {

void HistogramValue::observe(double value) {
  if (!std::isfinite(value) || counts.empty()) return;
  const auto bound = std::ranges::lower_bound(bounds, value);
  ++counts.at(static_cast<std::size_t>(bound - bounds.begin()));
  sum += value;
  ++count;
}

}  // namespace holdfast
