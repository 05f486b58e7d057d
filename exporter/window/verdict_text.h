// SPDX-License-Identifier: Apache-2.0
// What a verdict says to the operator: the reason and the next step. Times are durations from now:
// no time zone is known here. For window/*.cpp only. Pure functions.
#pragma once

#include "exporter/window/evaluation.h"

namespace holdfast {

/// What decides the verdict, with the worst finding of its worst incident.
[[nodiscard]] std::string verdict_reason(const Evaluation& evaluation,
                                         const std::vector<CriterionResult>& criteria,
                                         Verdict verdict, const std::vector<LimitChange>& changes,
                                         WallTime now);
/// One sentence. `earliest`: for an inconclusive verdict.
[[nodiscard]] std::string next_step(const Evaluation& evaluation,
                                    const std::vector<CriterionResult>& criteria, Verdict verdict,
                                    const std::optional<EarliestEnd>& earliest, WallTime now);

}  // namespace holdfast
