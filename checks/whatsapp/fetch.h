// SPDX-License-Identifier: Apache-2.0
// Reads the facts of one run from the tables. Fails closed: a count that is missing, negative or
// not a number is an error, never a 0.
#pragma once

#include "checks/support/pg/session.h"
#include "checks/whatsapp/judge.h"

namespace holdfast::whatsapp {

/// Queries through a leased session; a full scan groups all keys, else only single sessions are
/// read.
[[nodiscard]] Result<Facts> fetch(const Settings& settings, PgSession& session, bool is_full_scan,
                                  const Deadline& deadline, Trace& trace);

}  // namespace holdfast::whatsapp
