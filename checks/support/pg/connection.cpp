// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/connection.h"

#include <libpq-fe.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <string>
#include <utility>

namespace holdfast {
namespace {

std::uint64_t bytes_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

Error lost() { return {Reason::closed, "query"}; }

Error in_query(Error error) {
  error.phase = "query";
  return error;
}

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};

/// The error in a failed result.
Error error_of(const PGconn* connection, const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  if (state != nullptr) return {reason_of_sqlstate(state), "query", "", state};
  if (PQstatus(connection) != CONNECTION_OK) return lost();
  return {Reason::garbage, "query"};
}

/// Copies a result; `too_large` over kMaxPgRows.
Result<PgRows> rows_of(const PGresult* result) {
  const int height = PQntuples(result);
  const int width = PQnfields(result);
  if (static_cast<std::size_t>(height) > kMaxPgRows) return Error{Reason::too_large, "query"};
  PgRows rows;
  for (int column = 0; column < width; ++column) rows.columns.emplace_back(PQfname(result, column));
  rows.rows.resize(static_cast<std::size_t>(height));
  for (int row = 0; row < height; ++row)
    for (int column = 0; column < width; ++column) {
      auto& cell = rows.rows[static_cast<std::size_t>(row)].emplace_back();
      if (PQgetisnull(result, row, column) == 0)
        cell.emplace(PQgetvalue(result, row, column),
                     static_cast<std::size_t>(PQgetlength(result, row, column)));
    }
  return rows;
}

/// Waits until the complete reply has been received.
std::optional<Error> await_reply(PGconn* connection, const Deadline& deadline,
                                 std::size_t max_bytes) {
  const int fd = PQsocket(connection);
  const std::uint64_t before = bytes_received(fd);
  int unsent = PQflush(connection);
  while (unsent != 0 || PQisBusy(connection) != 0) {
    if (unsent < 0) return lost();
    const short events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
    const auto seen = deadline.wait(fd, events);
    if (!seen) return in_query(seen.error());
    if (PQconsumeInput(connection) == 0) return lost();
    if (bytes_received(fd) - before > max_bytes) return Error{Reason::too_large, "query"};
    if (unsent > 0) unsent = PQflush(connection);
  }
  return std::nullopt;
}

}  // namespace

void PgConnection::Finish::operator()(PGconn* raw) const {
  // Non-blocking, so that Terminate is sent only if that does not wait.
  PQsetnonblocking(raw, 1);
  PQfinish(raw);
}

int PgConnection::fd() const { return raw_ ? PQsocket(raw_.get()) : -1; }
int PgConnection::backend() const { return raw_ ? PQbackendPID(raw_.get()) : 0; }

bool PgConnection::looks_alive() const {
  if (!raw_ || PQstatus(raw_.get()) != CONNECTION_OK) return false;
  pollfd entry{fd(), POLLIN, 0};
  if (::poll(&entry, 1, 0) == 0) return true;  // A healthy idle connection is silent.
  if ((entry.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return false;
  if (PQconsumeInput(raw_.get()) == 0 || PQstatus(raw_.get()) != CONNECTION_OK) return false;
  // The input may be the last message of a server that shuts down: then an end of file follows.
  const int still = ::poll(&entry, 1, 0);
  if (still == 0) return true;
  return (entry.revents & (POLLERR | POLLHUP)) == 0 && PQconsumeInput(raw_.get()) == 1;
}

bool PgConnection::is_busy() const {
  return raw_ && PQtransactionStatus(raw_.get()) == PQTRANS_ACTIVE;
}

int PgConnection::server_version() const { return raw_ ? PQserverVersion(raw_.get()) : 0; }

void PgConnection::silence() {
  PQsetErrorVerbosity(raw_.get(), PQERRORS_SQLSTATE);
  PQsetNoticeReceiver(
      raw_.get(), [](void*, const PGresult*) {}, nullptr);
}

void PgConnection::abort() {
  if (fd() >= 0) ::shutdown(fd(), SHUT_RDWR);
  raw_.reset();
}

Result<PgRows> PgConnection::query(const std::string& sql, const Deadline& deadline,
                                   std::size_t max_bytes) {
  PGconn* connection = raw_.get();
  if (connection == nullptr) return lost();
  PQsetnonblocking(connection, 1);
  if (PQsendQuery(connection, sql.c_str()) == 0) return lost();
  std::unique_ptr<PGresult, ClearResult> last;
  while (true) {
    if (auto error = await_reply(connection, deadline, max_bytes)) return *error;
    std::unique_ptr<PGresult, ClearResult> next(PQgetResult(connection));
    if (!next) break;
    // The server skips the statements after an error: the first error is the result.
    if (!last || PQresultStatus(last.get()) != PGRES_FATAL_ERROR) last = std::move(next);
  }
  PQsetnonblocking(connection, 0);
  if (!last) return Error{Reason::garbage, "query"};
  switch (PQresultStatus(last.get())) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
    case PGRES_EMPTY_QUERY:
      return rows_of(last.get());
    case PGRES_FATAL_ERROR:
      return error_of(connection, last.get());
    default:
      return Error{Reason::garbage, "query"};
  }
}

std::string sqlstate_of(std::string_view message) {
  const auto is_state = [](unsigned char c) {
    return std::isdigit(c) != 0 || std::isupper(c) != 0;
  };
  for (const std::string_view severity : {"FATAL:  ", "ERROR:  ", "PANIC:  "}) {
    const auto at = message.rfind(severity);
    if (at == std::string_view::npos) continue;
    const auto state = message.substr(at + severity.size(), 5);
    if (state.size() == 5 && std::ranges::all_of(state, is_state)) return std::string(state);
  }
  return "";
}

Reason reason_of_sqlstate(std::string_view state) {
  static constexpr std::pair<std::string_view, Reason> kRows[] = {
      {"57014", Reason::cancelled},        {"55P03", Reason::cancelled},
      {"25P03", Reason::cancelled},        {"42501", Reason::no_right},
      {"42P01", Reason::missing},          {"42703", Reason::missing},
      {"3F000", Reason::missing},          {"42883", Reason::missing},
      {"57P01", Reason::shutting_down},    {"57P02", Reason::shutting_down},
      {"57P03", Reason::starting_up},      {"57P05", Reason::closed},
      {"28000", Reason::login_refused},    {"28P01", Reason::login_refused},
      {"3D000", Reason::no_such_database}, {"53300", Reason::too_many_clients},
  };
  for (const auto& [code, reason] : kRows)
    if (code == state) return reason;
  return state.starts_with("08") ? Reason::closed : Reason::query_failed;
}

}  // namespace holdfast
