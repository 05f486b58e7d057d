// SPDX-License-Identifier: Apache-2.0
// Reads sessions and counters, from catalogues and statistics only. Fails closed: a count that is
// missing, negative or not a number is an error, never a 0.
#pragma once

#include "checks/support/pg/session.h"
#include "checks/usage/judge.h"

namespace holdfast::usage {

/// Queries through a leased session: four or five round trips.
[[nodiscard]] Result<Facts> fetch(const Settings& settings, PgSession& session,
                                  const Deadline& deadline, Trace& trace);

}  // namespace holdfast::usage
