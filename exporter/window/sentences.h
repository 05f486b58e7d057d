// SPDX-License-Identifier: Apache-2.0
// What a verdict says to a tired person: why, and what to do now. Times are told as spans from
// now, since nothing here knows a time zone. For window/*.cpp only. Pure functions.
#pragma once

#include "exporter/window/evaluation.h"

namespace holdfast {

/// What decides it, and the finding that stands behind it.
[[nodiscard]] std::string verdict_reason(const Evaluation& evaluation,
                                         const std::vector<Ruling>& rulings, Verdict verdict,
                                         const std::vector<LimitChange>& changes, WallTime now);
/// One sentence.
[[nodiscard]] std::string next_step(const Evaluation& evaluation,
                                    const std::vector<Ruling>& rulings, Verdict verdict,
                                    const std::optional<EarliestEnd>& outlook, WallTime now);

}  // namespace holdfast
