// SPDX-License-Identifier: Apache-2.0
// One look at some checks, side by side, by the same body as the daemon's: what `check` and
// `explain` do. The calling thread waits for all; each look is bounded by its check's time-out.
#pragma once

#include <functional>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/schedule/runner.h"

namespace holdfast {

/// One check and what one look at it brought.
struct CheckRun {
  CheckConfig config;
  Outcome outcome;
};

/// How one run is made; the real one is `RealRunner`, tests bring their own.
using RunCheck = std::function<Outcome(Check& check, const CheckConfig& config)>;
/// Where kinds are found by name.
using KindOf = std::function<const Kind*(std::string_view)>;

/// At most so many looks at once: 300 hanging targets of 1,000 cost a few time-outs and no more,
/// and a shell's limits on threads are not reached.
inline constexpr std::size_t kMaxConcurrentRuns = 128;

/// Looks at each check once; the results in the order of `checks`.
[[nodiscard]] std::vector<CheckRun> run_all(const std::vector<CheckConfig>& checks,
                                            const RunCheck& run_check, const KindOf& kind_of);

/// Runs until a reading is good, or as many bad ones as `config.confirm` asks for have followed
/// each other, with its retry_interval between them: one lost packet must page nobody. A finding
/// that is a fact is confirmed at once. `wait` is false when waiting was cut short.
[[nodiscard]] Outcome run_confirmed(const std::function<Outcome()>& run, const CheckConfig& config,
                                    const Kind& kind, const std::function<bool(Duration)>& wait);

/// The same through real sessions and a real resolver, which end with the call. `confirm`: as
/// run_confirmed does, for what pages people. Baselines come from the daemon's history file, if
/// any.
[[nodiscard]] std::vector<CheckRun> run_real_checks(const std::vector<CheckConfig>& checks,
                                                    const std::string& history_path, bool confirm);

/// The worst of all: critical, then unknown, then warning, then ok.
[[nodiscard]] Status worst_of(const std::vector<CheckRun>& runs);
/// Nagios' exit code of a status.
[[nodiscard]] int exit_code_of(Status status);

}  // namespace holdfast
