// SPDX-License-Identifier: Apache-2.0
// SQL by libpqxx on a connection that libpq has dialled. The one seam to libpqxx; it blocks, so
// every call stands under a Cut. Inside checks/support/pg/ only; one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "checks/support/pg/connection.h"

namespace holdfast {

class SqlClient {
 public:
  virtual ~SqlClient() = default;
  /// The last result of `statements`, one round trip. Errors as of PgSession::query. Of no more
  /// use after timed_out, stopped, too_large, closed, shutting_down.
  [[nodiscard]] virtual Result<PgRows> ask(const std::string& statements,
                                           const Deadline& deadline) = 0;
  /// The connection underneath.
  [[nodiscard]] virtual PgConnection& connection() = 0;
};

/// Adopts `connection`. Error: `garbage` when libpqxx does not want it (too old a server).
[[nodiscard]] Result<std::unique_ptr<SqlClient>> make_sql_client(PgConnection connection);

}  // namespace holdfast
