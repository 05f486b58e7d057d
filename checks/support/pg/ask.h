// SPDX-License-Identifier: Apache-2.0
// What all kinds that ask over the shared session have in common: a statement told to the trace,
// and the reasons with which such a check can fail. The leasing run's thread.
#pragma once

#include <string_view>
#include <vector>

#include "checks/base/trace.h"
#include "checks/support/pg/session.h"

namespace holdfast {

/// Asks `sql` on `session` and tells the trace `what` was asked and how many rows came, or why
/// none did. Errors as of PgSession::query.
[[nodiscard]] Result<PgRows> ask_traced(PgSession& session, std::string_view sql,
                                        std::string_view what, const Deadline& deadline,
                                        Trace& trace);

/// Every reason with which a run on the shared session can fail, and `more` of its own.
[[nodiscard]] std::vector<Reason> session_reasons(const std::vector<Reason>& more = {});

}  // namespace holdfast
