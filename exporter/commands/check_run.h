// SPDX-License-Identifier: Apache-2.0
// Runs checks once, side by side, as the daemon does: for `check`, `explain` and `report`. The
// calling thread waits for all; each run is bounded by its check's timeout.
#pragma once

#include <functional>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// One check and the outcome of one run.
struct CheckRun {
  CheckConfig config;
  Outcome outcome;
};

/// Runs one check; tests bring their own.
using RunCheck = std::function<Outcome(Check& check, const CheckConfig& config)>;
/// Finds a kind by name.
using KindOf = std::function<const Kind*(std::string_view)>;

/// The most runs at once: 300 hanging targets of 1,000 cost only a few timeouts, and no thread
/// limit of a shell is reached.
inline constexpr std::size_t kMaxConcurrentRuns = 128;

/// Runs each check once; the results in the order of `checks`.
[[nodiscard]] std::vector<CheckRun> run_all(const std::vector<CheckConfig>& checks,
                                            const RunCheck& run_check, const KindOf& kind_of);

/// Runs until a reading is ok, or `config.confirm` readings in a row are not, `retry_interval`
/// apart: one lost packet must not page anybody. A finding that is a fact is confirmed at once.
/// `wait` returns false when it was interrupted.
[[nodiscard]] Outcome run_confirmed(const std::function<Outcome()>& run, const CheckConfig& config,
                                    const Kind& kind, const std::function<bool(Duration)>& wait);

/// run_all with real database sessions and a real resolver, which end with the call. `confirm`: by
/// run_confirmed. Baselines come from the daemon's history file, if any.
[[nodiscard]] std::vector<CheckRun> run_real_checks(const std::vector<CheckConfig>& checks,
                                                    const std::string& history_path, bool confirm);

/// The worst of all: critical, then unknown, then warning, then ok.
[[nodiscard]] Status worst_of(const std::vector<CheckRun>& runs);
/// The Nagios exit code of a status.
[[nodiscard]] int exit_code_of(Status status);

}  // namespace holdfast
