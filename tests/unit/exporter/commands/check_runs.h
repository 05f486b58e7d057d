// SPDX-License-Identifier: Apache-2.0
// Check runs for the tests of the commands: one of each status, one with hostile text.
#pragma once

#include <string>
#include <vector>

#include "exporter/commands/check_run.h"

namespace holdfast::testing {

/// A run of that name and status that took `took`.
[[nodiscard]] CheckRun run_of(std::string name, std::string kind, Status status, Duration took);

/// ok with notes, warning, critical with info, unknown by a failure.
[[nodiscard]] std::vector<CheckRun> usual_runs();

/// Names and sentences with control characters, bars, quotes and 10,000 characters.
[[nodiscard]] CheckRun hostile_run();

/// Compares with a file below tests/golden, or rewrites it when UPDATE_GOLDEN is set.
void check_golden(const std::string& path, const std::string& text);

}  // namespace holdfast::testing
