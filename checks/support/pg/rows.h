// SPDX-License-Identifier: Apache-2.0
// Converts a result of libpq. Inside checks/support/pg/ only.
#pragma once

#include "checks/support/pg/session.h"

struct pg_result;

namespace holdfast {

/// Copies a result; `too_large` over kMaxPgRows.
[[nodiscard]] Result<PgRows> rows_of(const pg_result* result);

}  // namespace holdfast
