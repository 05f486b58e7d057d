// SPDX-License-Identifier: Apache-2.0
// The three sources that show a pool. `fetch_*` do I/O under the run's deadline; `parse_*` are pure
// and fail closed: a count that is missing, negative or not a number is an error, never a 0.
#pragma once

#include "checks/pool/judge.h"
#include "checks/support/http/get.h"
#include "checks/support/pg/session.h"

namespace holdfast::pool {

[[nodiscard]] Result<Facts> fetch_postgres(const Settings& settings, Run& run);
[[nodiscard]] Result<Facts> parse_postgres(const Settings& settings, const PgRows& sessions,
                                           const PgRows& limits);

/// Results of the commands of PgBouncer's console.
struct PgBouncerReplies {
  PgRows pools, databases, config, lists, stats;
};
[[nodiscard]] Result<Facts> fetch_pgbouncer(const Database& database, Run& run);
[[nodiscard]] Result<Facts> parse_pgbouncer(const PgBouncerReplies& replies);

[[nodiscard]] Result<Facts> fetch_http(const Settings& settings, const HttpUrl& url, Run& run);
[[nodiscard]] Result<Facts> parse_http_pool(const Settings& settings, std::string_view json);

}  // namespace holdfast::pool
