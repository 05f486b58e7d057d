// SPDX-License-Identifier: Apache-2.0
// What a verdict says to a tired person: why, and what to do now. Times are told as spans from
// now, since nothing here knows a time zone. For window/*.cpp only. Pure functions.
#pragma once

#include "exporter/window/trial.h"

namespace holdfast {

/// What decides it, and the finding that stands behind it.
[[nodiscard]] std::string tell_why(const Trial& trial, const std::vector<Ruling>& rulings,
                                   Verdict verdict, const std::vector<LimitChange>& changes,
                                   WallTime now);
/// One sentence.
[[nodiscard]] std::string tell_what_next(const Trial& trial, const std::vector<Ruling>& rulings,
                                         Verdict verdict, const std::optional<Outlook>& outlook,
                                         WallTime now);

}  // namespace holdfast
