// SPDX-License-Identifier: Apache-2.0
// One look at the tables: statements out, facts home. Fails closed: a count that is missing,
// negative or no number is an error, never a 0.
#pragma once

#include "checks/support/pg/session.h"
#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp {

/// Asks through a leased session; `whole` says whether to group the whole table, too.
[[nodiscard]] Result<Facts> fetch(const Settings& settings, PgSession& session, bool whole,
                                  const Deadline& deadline, Trace& trace);

}  // namespace holdfast::whatsapp
