// SPDX-License-Identifier: Apache-2.0
// The samples of PM2's processes. Expected processes come first, since the limit on label values
// drops series from the end. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2 {

/// One row of the process table: a process, or an expected one that is missing (no `process`).
struct Row {
  std::string name;
  std::string pm_id;
  Pm2State state = Pm2State::unknown;
  const Pm2Process* process = nullptr;
  std::optional<double> restarts_in_hour;
};

/// All samples of a PM2 daemon that answered.
[[nodiscard]] std::vector<Sample> samples_of(const Facts& facts, const std::vector<Row>& rows);
/// All samples of one that failed.
[[nodiscard]] std::vector<Sample> samples_of_failure(const std::vector<Row>& rows);

}  // namespace holdfast::pm2
