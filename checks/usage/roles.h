// SPDX-License-Identifier: Apache-2.0
// Judges for the two roles of a database. Pure.
#pragma once

#include "checks/usage/growth.h"

namespace holdfast::usage {

/// One run, as both judges get it; they add to `reading` and `state`.
struct Context {
  const Settings& settings;
  const Facts& facts;
  const Growth& growth;
  const Now& now;
  State& state;
  Reading& reading;

  [[nodiscard]] double at() const { return epoch_seconds(now.wall); }
};

void judge_active(const Context& context);
void judge_retired(const Context& context);

/// Whether the application is allowed: its sessions are neither use nor a breach.
[[nodiscard]] bool is_allowed(const Settings& settings, const Sessions& sessions);

}  // namespace holdfast::usage
