// SPDX-License-Identifier: Apache-2.0
// What the exporter shows of PM2's processes. Expected processes first and always: what is over
// the label bound is cut from the end. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2 {

/// One row of the process table as it is shown: a real process or an expected one that is not
/// there (no `process`).
struct Row {
  std::string name;
  std::string pm_id;
  Pm2State state = Pm2State::unknown;
  const Pm2Process* process = nullptr;
  std::optional<double> restarts_in_hour;
};

/// All samples of a PM2 that answered.
[[nodiscard]] std::vector<Sample> samples_of(const Facts& facts, const std::vector<Row>& rows);
/// All samples of one that did not.
[[nodiscard]] std::vector<Sample> samples_of_failure(const std::vector<Row>& rows);

}  // namespace holdfast::pm2
