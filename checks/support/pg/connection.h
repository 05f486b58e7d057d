// SPDX-License-Identifier: Apache-2.0
// One connection to a PostgreSQL server or to PgBouncer. No call blocks; closing never waits for
// the server. Used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "checks/base/database.h"
#include "checks/base/limits.h"
#include "checks/support/io/deadline.h"
#include "checks/support/pg/session.h"
#include "checks/support/tls/handshake.h"

struct pg_conn;

namespace holdfast {

class PgConnection {
 public:
  PgConnection() = default;
  explicit PgConnection(pg_conn* raw) : raw_(raw) {}

  [[nodiscard]] pg_conn* get() const { return raw_.get(); }
  explicit operator bool() const { return raw_ != nullptr; }
  /// The socket, or -1.
  [[nodiscard]] int fd() const;
  /// Whether the connection is open, as far as is known without a query. Reads pending input, never
  /// waits.
  [[nodiscard]] bool looks_alive() const;
  /// Sends Terminate if that does not block, and closes.
  void close() { raw_.reset(); }
  /// Shuts the socket down in both directions, so that closing cannot wait, and closes: for a
  /// connection in the middle of a statement.
  void abort();
  /// Whether a statement is still running on it.
  [[nodiscard]] bool is_busy() const;
  /// The server's version, 150018; 0 if unknown.
  [[nodiscard]] int server_version() const;
  /// From now on errors are a SQLSTATE without text, and notices are dropped: both may quote
  /// values.
  void silence();
  /// The process id of the server's backend; 0 if unknown.
  [[nodiscard]] int backend() const;

  /// Executes `sql` by the simple protocol in one round trip and returns the last result. Reads at
  /// most `max_bytes`. Errors as of PgSession::query; after timed_out, stopped, too_large, closed
  /// and garbage the connection is unusable.
  [[nodiscard]] Result<PgRows> query(const std::string& sql, const Deadline& deadline,
                                     std::size_t max_bytes = kMaxPgBytes);

 private:
  struct Finish {
    void operator()(pg_conn* raw) const;
  };
  std::unique_ptr<pg_conn, Finish> raw_;
};

/// The two connections of the latency check: a persistent one, and a new one made by each run that
/// is then closed, or becomes the persistent one if that was lost. Leased by Databases::lease_pair
/// to one run at a time.
struct PgPair {
  PgConnection persistent;
  Database persistent_as;  ///< Its parameters: if they change, it is replaced.
  /// The backend of a statement that was cut off. As long as the server lists it, it counts as one
  /// of our three sessions, and no new connection is kept. 0: none.
  int cut_backend = 0;
};

/// The reason for a SQLSTATE; `query_failed` for unlisted ones.
[[nodiscard]] Reason reason_of_sqlstate(std::string_view sqlstate);

/// The SQLSTATE in an error message of libpq after `silence`; empty if there is none.
[[nodiscard]] std::string sqlstate_of(std::string_view message);

}  // namespace holdfast
