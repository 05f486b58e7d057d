// SPDX-License-Identifier: Apache-2.0
// SQL for the kinds: one shared session per database and process, leased for single statements.
// Kinds see only this header; libpq stays behind it.
// Databases: any thread. PgLease and PgSession: the leasing run's thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/base/database.h"
#include "checks/base/trace.h"
#include "checks/support/io/deadline.h"

namespace holdfast {

class Resolver;

/// A small result, all cells as text; NULL is an empty optional. Columns are found by name, since
/// their set depends on the server version.
struct PgRows {
  std::vector<std::string> columns;
  std::vector<std::vector<std::optional<std::string>>> rows;

  [[nodiscard]] std::size_t size() const { return rows.size(); }
  [[nodiscard]] bool has(std::string_view column) const;
  /// The text of a cell; empty optional for NULL and for a missing column.
  [[nodiscard]] std::optional<std::string> text(std::size_t row, std::string_view column) const;
  /// The number of a cell; empty also if the text is not a number (never 0).
  [[nodiscard]] std::optional<double> number(std::size_t row, std::string_view column) const;
  /// A number that is at least 0. Error: `garbage`, with a sentence that begins with `source` and
  /// names the column.
  [[nodiscard]] Result<double> count(std::size_t row, std::string_view column,
                                     std::string_view source = "the query result") const;
  /// Whether the cell is a boolean that is true.
  [[nodiscard]] bool is_true(std::size_t row, std::string_view column) const;
};

/// Limits on the result of one `query`; more is `too_large`.
inline constexpr std::size_t kMaxPgRows = 20'000;
inline constexpr std::size_t kMaxPgBytes = 8 * 1024 * 1024;

class PgSession {
 public:
  virtual ~PgSession() = default;
  /// Executes one read-only statement: BEGIN READ ONLY; SET LOCAL time-outs, no parallel workers;
  /// `sql` in one round trip, then COMMIT. On a console (PgBouncer) the statement alone.
  /// Errors (phase "query"): timed_out, stopped, cancelled, no_right (42501), missing (42P01,
  /// 42703, 3F000), query_failed, closed, shutting_down, too_large, garbage; sqlstate is set.
  [[nodiscard]] virtual Result<PgRows> query(std::string_view sql, const Deadline& deadline) = 0;
  /// `text` as an SQL literal with its quotes; for names from the config.
  [[nodiscard]] virtual std::string quote(std::string_view text) const = 0;
  /// `name` as an SQL identifier with its quotes.
  [[nodiscard]] virtual std::string quote_name(std::string_view name) const = 0;
  /// The server's version as a number, 150018; 0 on a console.
  [[nodiscard]] virtual int server_version() const = 0;
};

/// Executes `sql` and adds to the trace `what` was queried and the number of rows, or why it
/// failed. Errors as of PgSession::query.
[[nodiscard]] Result<PgRows> query_traced(PgSession& session, std::string_view sql,
                                          std::string_view what, const Deadline& deadline,
                                          Trace& trace);

/// All reasons for which a run on the shared session can fail, and `more`.
[[nodiscard]] std::vector<Reason> session_reasons(const std::vector<Reason>& more = {});

/// A leased session, returned by the destructor. Its connection is closed instead if it was left
/// in the middle of a statement.
class PgLease {
 public:
  PgLease(PgSession& session, std::shared_ptr<void> hold)
      : session_(&session), hold_(std::move(hold)) {}
  PgSession* operator->() const { return session_; }
  PgSession& operator*() const { return *session_; }

 private:
  PgSession* session_;
  std::shared_ptr<void> hold_;  // Its deleter returns the session.
};

enum class PgDialect : std::uint8_t { sql, console };

/// The two connections of the latency check to a database, defined in pg/connection.h: a
/// persistent one and a new one. Held by one run at a time.
struct PgPair;
using PgPairLease = std::shared_ptr<PgPair>;

class Databases {
 public:
  virtual ~Databases() = default;
  /// The shared session of that database, connected when needed. Error: `no_slot` if another check
  /// uses it until the deadline (this wait is never measured as latency); others as of a new
  /// connection, with their phase.
  [[nodiscard]] virtual Result<PgLease> lease(const Database& database, const Deadline& deadline,
                                              PgDialect dialect = PgDialect::sql) = 0;
  /// The latency check's pair for one run. Errors: `no_slot` if another check of the same database
  /// holds it until the deadline, `stopped`.
  [[nodiscard]] virtual Result<PgPairLease> lease_pair(const Database& /*database*/,
                                                       const Deadline& /*deadline*/) {
    return Error{Reason::internal, "lease"};
  }
};

/// Owns all shared sessions. `resolver` outlives it. Removes libpq's variables from the
/// environment: call before threads start.
[[nodiscard]] std::unique_ptr<Databases> make_databases(Resolver& resolver);

}  // namespace holdfast
