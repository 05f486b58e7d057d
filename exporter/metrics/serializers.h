// SPDX-License-Identifier: Apache-2.0
// Families as text: 0.0.4 by prometheus-cpp, OpenMetrics 1.0 by a serializer of our own. Both print
// the same series and the same bucket bounds. Pure.
#pragma once

#include <string>
#include <string_view>

#include "exporter/metrics/families.h"

namespace holdfast {

/// The families in that format, without the end mark of OpenMetrics, so that parts can be put
/// together.
[[nodiscard]] std::string serialize(const Families& families, PageFormat format);
/// What a page of that format ends with.
[[nodiscard]] std::string_view end_mark(PageFormat format);

}  // namespace holdfast
