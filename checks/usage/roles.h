// SPDX-License-Identifier: Apache-2.0
// What is expected of a database in its role: use of an active one, silence of a retired one. Pure.
#pragma once

#include "checks/usage/growth.h"

namespace holdfast::usage {

/// One look, as the judges of both roles see it; they add to `reading` and to `state`.
struct Look {
  const Settings& settings;
  const Facts& facts;
  const Growth& growth;
  const Now& now;
  State& state;
  Reading& reading;

  [[nodiscard]] double at() const { return epoch_seconds(now.wall); }
};

void judge_active(const Look& look);
void judge_retired(const Look& look);

/// Whether the application is one whose sessions are neither use nor breach.
[[nodiscard]] bool is_allowed(const Settings& settings, const Sessions& sessions);

}  // namespace holdfast::usage
