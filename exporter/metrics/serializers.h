// SPDX-License-Identifier: Apache-2.0
// Serializes families: text 0.0.4 by prometheus-cpp, OpenMetrics 1.0 by our own serializer. Both
// print the same series and the same bucket bounds. Pure.
#pragma once

#include <string>
#include <string_view>

#include "exporter/metrics/families.h"

namespace holdfast {

/// The families in that format, without the end mark of OpenMetrics, so that parts can be
/// concatenated.
[[nodiscard]] std::string serialize(const Families& families, PageFormat format);
/// The end of a page of that format.
[[nodiscard]] std::string_view end_mark(PageFormat format);

}  // namespace holdfast
