// SPDX-License-Identifier: Apache-2.0
// The only file that includes libpqxx. Version 6 is given our connection by a policy whose second
// start throws, which also ends its silent reconnects; version 7 can seize one by itself.
#include "checks/support/pg/sql.h"

#include <pqxx/pqxx>
#include <stdexcept>
#include <utility>

#include "checks/support/io/cut.h"

namespace holdfast {
namespace {

#if PQXX_VERSION_MAJOR < 7
/// Hands libpqxx a connection that stays ours; asked for another, it refuses.
class Adopt : public pqxx::connectionpolicy {
 public:
  explicit Adopt(const std::string& options) : connectionpolicy(options), raw_(next()) {}
  static pg_conn*& next() {
    thread_local pg_conn* raw = nullptr;  // The base class leaves no way for an argument.
    return raw;
  }
  handle do_startconnect(handle before) override {
    if (before != nullptr) return before;
    if (raw_ == nullptr) throw pqxx::broken_connection("lost");
    return std::exchange(raw_, nullptr);
  }
  handle do_completeconnect(handle raw) override { return raw; }
  handle do_dropconnect(handle) noexcept override { return nullptr; }
  handle do_disconnect(handle) noexcept override { return nullptr; }
  [[nodiscard]] bool is_ready(handle raw) const noexcept override { return raw != nullptr; }

 private:
  pg_conn* raw_;
};

class Session {
 public:
  explicit Session(pg_conn* raw) {
    Adopt::next() = raw;
    session_.emplace(std::string{});
  }
  pqxx::connection_base& get() { return *session_; }

 private:
  std::optional<pqxx::basic_connection_base<Adopt>> session_;
};
#else
class Session {
 public:
  explicit Session(pg_conn* raw) : session_(pqxx::connection::seize_raw_connection(raw)) {}
  ~Session() { std::move(session_).release_raw_connection(); }  // It stays ours.
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  pqxx::connection& get() { return session_; }

 private:
  pqxx::connection session_;
};
#endif

Result<PgRows> rows_from(const pqxx::result& result) {
  if (static_cast<std::size_t>(result.size()) > kMaxPgRows)
    return Error{Reason::too_large, "query", "", ""};
  PgRows rows;
  const auto width = result.columns();
  for (auto column = 0 * width; column < width; ++column)
    rows.columns.emplace_back(result.column_name(column));
  rows.rows.reserve(static_cast<std::size_t>(result.size()));
  for (const auto& row : result) {
    auto& cells = rows.rows.emplace_back();
    cells.reserve(static_cast<std::size_t>(width));
    for (const auto& field : row) {
      if (field.is_null()) {
        cells.emplace_back(std::nullopt);
      } else {
        cells.emplace_back(std::string(field.c_str(), static_cast<std::size_t>(field.size())));
      }
    }
  }
  return rows;
}

class PqxxClient final : public SqlClient {
 public:
  explicit PqxxClient(PgConnection connection)
      : connection_(std::move(connection)), session_(connection_.get()) {
    connection_.silence();  // libpqxx has set its own ideas of verbosity.
  }

  Result<PgRows> ask(const std::string& statements, const Deadline& deadline) override {
    Cut cut(connection_.fd(), deadline, kMaxPgBytes);
    auto answer = ask_uncut(statements);
    cut.disarm();
    // What was cut failed because of the cut, whatever the library made of it.
    if (const auto reason = cut.reason()) return Error{*reason, "query", "", ""};
    return answer;
  }

  PgConnection& connection() override { return connection_; }

 private:
  Result<PgRows> ask_uncut(const std::string& statements) {
    try {
      pqxx::nontransaction transaction(session_.get());
      return rows_from(transaction.exec(statements));
    } catch (const pqxx::broken_connection&) {
      return Error{Reason::closed, "query", "", ""};
    } catch (const pqxx::sql_error& error) {
      std::string state = error.sqlstate();
      // Some of its exceptions, such as that for a missing right, have lost the code.
      if (state.empty()) state = connection_.last_sqlstate();
      if (state.empty()) return Error{Reason::closed, "query", "", ""};
      return Error{reason_of_sqlstate(state), "query", "", state};
    } catch (const std::bad_alloc&) {
      return Error{Reason::too_large, "query", "", ""};
    } catch (const std::exception&) {
      return Error{Reason::garbage, "query", "", ""};
    }
  }

  PgConnection connection_;  // Before the session, which borrows it.
  Session session_;
};

}  // namespace

Result<std::unique_ptr<SqlClient>> make_sql_client(PgConnection connection) {
  try {
    return std::unique_ptr<SqlClient>(std::make_unique<PqxxClient>(std::move(connection)));
  } catch (const std::exception&) {
    return Error{Reason::garbage, "auth", "", ""};
  }
}

}  // namespace holdfast
