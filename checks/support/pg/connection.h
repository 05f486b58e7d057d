// SPDX-License-Identifier: Apache-2.0
// One connection to a PostgreSQL server or to PgBouncer, owned: closing never waits for the other
// side. Also the one round trip that is measured as latency, without any blocking call.
// Used by one thread at a time.
#pragma once

#include <memory>
#include <string>
#include <string_view>

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
  /// Whether the other side is, as far as can be seen without asking it, still there. Reads what
  /// has come in meanwhile, never waits.
  [[nodiscard]] bool looks_alive() const;
  /// Says goodbye if that can go at once, and closes.
  void close() { raw_.reset(); }
  /// Ends the conversation both ways without closing: what is left cannot wait for anything.
  void shut();
  /// Closes at once, by `shut` first: for a connection in the middle of something.
  void abort();
  /// Whether a statement is still under way on it, so that it cannot be asked another.
  [[nodiscard]] bool is_busy() const;
  /// The server's version, 150018; 0 where there is none.
  [[nodiscard]] int server_version() const;
  /// From now on errors are a SQLSTATE and no text, and notices are dropped (law 4).
  void silence();
  /// The process number of the server's backend; 0 where there is none.
  [[nodiscard]] int backend() const;

  /// Asks `sql` by the simple protocol, non-blocking, one round trip; the last result counts.
  /// `max_bytes` bounds what is read. Errors as of PgSession::query; after timed_out, stopped,
  /// too_large, closed and garbage the connection is of no more use.
  [[nodiscard]] Result<PgRows> ask(const std::string& sql, const Deadline& deadline,
                                   std::size_t max_bytes = kMaxPgBytes);

 private:
  struct Finish {
    void operator()(pg_conn* raw) const;
  };
  std::unique_ptr<pg_conn, Finish> raw_;
};

/// What a SQLSTATE means for a statement; `query_failed` when nothing better is known.
[[nodiscard]] Reason reason_of_sqlstate(std::string_view sqlstate);

/// The SQLSTATE in a message of a silenced connection; empty when there is none.
[[nodiscard]] std::string sqlstate_of(std::string_view message);

}  // namespace holdfast
