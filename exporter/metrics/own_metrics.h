// SPDX-License-Identifier: Apache-2.0
// The metrics of Holdfast itself, of every check and of windows: the source of HELP and TYPE in
// /metrics and of their rows in the reference. A constant table.
#pragma once

#include <span>
#include <string_view>

#include "checks/check.h"

namespace holdfast {

/// All of them, with full names, grouped by what they are about.
[[nodiscard]] std::span<const MetricSpec> own_metrics();
/// The one of that name; std::out_of_range when there is none.
[[nodiscard]] const MetricSpec& own_metric(std::string_view name);

}  // namespace holdfast
