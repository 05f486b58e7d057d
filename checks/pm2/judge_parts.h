// SPDX-License-Identifier: Apache-2.0
// The parts of the judgement: one process, and the samples. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2 {

/// One process of PM2's list, with what the config and the memory say about it.
struct Subject {
  const Pm2Process* process;
  std::string name;                 ///< For findings: with pm_id if several share a name.
  bool is_expected;                 ///< Named in the config.
  bool is_judged;                   ///< Expected, or any process if none is expected.
  bool is_scheduled;                ///< Runs on a schedule: healthy when stopped.
  bool has_online_instance;         ///< Not online, but another instance of the same name is.
  std::optional<double> in_hour{};  ///< Restarts of the last hour; empty: no baseline yet.
  double observed_seconds = 0;      ///< How much of that hour was observed.
  double new_restarts = 0;          ///< Since the previous run.
};

/// A name for use in a sentence, cut to 60 bytes.
[[nodiscard]] std::string shown(std::string_view name);

/// Each adds what it finds to the reading; `now` in epoch seconds.
void judge_state(const Settings& settings, const Subject& subject, double now, Reading& reading);
void judge_restarts(const Settings& settings, const Subject& subject, Reading& reading);
void judge_resources(const Settings& settings, const Subject& subject, Reading& reading);

/// One row of the process table: a process, or an expected one that is missing (no `process`).
struct Row {
  std::string name;
  std::string pm_id;
  Pm2State state = Pm2State::unknown;
  const Pm2Process* process = nullptr;
  std::optional<double> restarts_in_hour;
};

/// All samples of a PM2 daemon that answered. Expected processes come first, since the limit on
/// label values drops series from the end.
[[nodiscard]] std::vector<Sample> samples_of(const Facts& facts, const std::vector<Row>& rows);
/// All samples of one that failed.
[[nodiscard]] std::vector<Sample> samples_of_failure(const std::vector<Row>& rows);

}  // namespace holdfast::pm2
