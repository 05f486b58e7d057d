// SPDX-License-Identifier: Apache-2.0
// One look at sessions and counters: statements out, facts home. Fails closed: a count that is
// missing, negative or no number is an error, never a 0. Reads catalogues and statistics only.
#pragma once

#include "checks/support/pg/session.h"
#include "checks/usage/judge.h"

namespace holdfast::usage {

/// Asks through a leased session: four or five round trips.
[[nodiscard]] Result<Facts> fetch(const Settings& settings, PgSession& session,
                                  const Deadline& deadline, Trace& trace);

}  // namespace holdfast::usage
