// SPDX-License-Identifier: Apache-2.0
// Shared by all kinds that use the shared session: a traced query, and the reasons for which such a
// run can fail. The leasing run's thread.
#pragma once

#include <string_view>
#include <vector>

#include "checks/base/trace.h"
#include "checks/support/pg/session.h"

namespace holdfast {

/// Executes `sql` and adds to the trace `what` was queried and the number of rows, or why it
/// failed. Errors as of PgSession::query.
[[nodiscard]] Result<PgRows> query_traced(PgSession& session, std::string_view sql,
                                          std::string_view what, const Deadline& deadline,
                                          Trace& trace);

/// All reasons for which a run on the shared session can fail, and `more`.
[[nodiscard]] std::vector<Reason> session_reasons(const std::vector<Reason>& more = {});

}  // namespace holdfast
