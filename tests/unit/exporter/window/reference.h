// SPDX-License-Identifier: Apache-2.0
// The judgement implemented a second time, slow and obvious: every reading is made, every half
// minute of a week is evaluated by itself, and nothing is shared with the real judge. All times of
// its weeks are multiples of the tick. For weeks without a clock change. Pure functions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/unit/exporter/window/week.h"

namespace holdfast::testing {

inline constexpr Duration kTick = std::chrono::seconds(30);

struct SlowCheck {
  std::string check;
  Duration covered{};
  Duration critical{};
  Duration warning{};
  Duration unknown_time{};
  Duration no_data{};
  std::size_t days_with_use = 0;
};

struct SlowResult {
  Verdict verdict = Verdict::in_progress;
  Duration maintenance{};
  std::vector<SlowCheck> checks;
  std::map<std::string, CriterionState> criteria;
};

/// The window on that week at `now`, which is after its start; no latency, no restarts.
[[nodiscard]] SlowResult judge_slowly(const WindowConfig& window, const Week& week, Duration now);

}  // namespace holdfast::testing
