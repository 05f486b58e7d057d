// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/failure.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

#include "checks/support/io/socket.h"
#include "checks/support/pg/dial.h"
#include "checks/support/text/time_text.h"

namespace holdfast {
namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// libpq has no codes for these. Its messages are stable, and tests provoke each on a real server.
constexpr std::pair<std::string_view, Reason> kPatterns[] = {
    {"server does not support SSL", Reason::no_tls},
    {"does not match host name", Reason::wrong_host},
    {"could not get server's host name", Reason::wrong_host},
    {"certificate verify failed", Reason::unknown_authority},
    {"root certificate file", Reason::no_secret},
    {"could not load system root", Reason::no_secret},
    {"certificate file", Reason::no_secret},
    {"private key file", Reason::no_secret},
    {"no password supplied", Reason::login_refused},
    {"server closed the connection", Reason::closed},
    {"EOF detected", Reason::closed},
    {"unexpected eof", Reason::closed},
    {"received invalid response", Reason::garbage},
    {"expected authentication request", Reason::garbage},
    {"could not verify server signature", Reason::login_refused},
    {"server sent an error response during SSL exchange", Reason::garbage},
    {"invalid port number", Reason::unreachable},
    {"SSL error", Reason::tls_failed},
};
constexpr std::array kErrnos{ECONNREFUSED, EHOSTUNREACH,  ENETUNREACH, ETIMEDOUT, ECONNRESET,
                             EPIPE,        ENETDOWN,      EHOSTDOWN,   EACCES,    EPERM,
                             ENOENT,       EADDRNOTAVAIL, EMFILE,      ENFILE};

// "SSLRequest" of PostgreSQL's protocol: its length, then its code.
constexpr std::string_view kSslRequest{"\0\0\0\x08\x04\xd2\x16\x2f", 8};

constexpr const char* kMinute = "%Y-%m-%d %H:%M UTC";

std::string_view wait_of(std::string_view phase) {
  if (phase == "resolve") return "could not be resolved in time";
  if (phase == "tcp") return "did not accept a TCP connection in time";
  if (phase == "tls") return "did not answer the TLS handshake in time";
  if (phase == "auth") return "did not complete the login in time";
  return "did not answer the query in time";
}

std::string where(const Database& database) {
  return database.host.starts_with('/') ? database.host : database.host + ":" + database.port;
}

}  // namespace

Error classify(std::string_view message, const std::string& phase,
               const std::optional<VerifyFailure>& refused) {
  if (const auto state = sqlstate_of(message); !state.empty()) {
    Reason reason = reason_of_sqlstate(state);
    // A pooler that cannot log in sends a code of class 08 and closes the connection.
    if (reason == Reason::query_failed || reason == Reason::cancelled)
      reason = Reason::login_refused;
    return {reason, phase, "", state};
  }
  for (const auto& [part, reason] : kPatterns) {
    if (!has(message, part) || reason == Reason::tls_failed) continue;
    const bool verify = reason == Reason::unknown_authority;
    return {verify && refused ? refused->reason : reason, phase};
  }
  for (const int code : kErrnos)
    if (has(message, std::generic_category().message(code))) {
      const Reason reason = reason_of_errno(code);
      return {phase == "tcp" || reason != Reason::timed_out ? reason : Reason::closed, phase, "",
              ""};
    }
  if (phase == "tls") return {Reason::tls_failed, phase};
  return {phase == "tcp" ? Reason::unreachable : Reason::garbage, phase};
}

std::string describe_failure(const Database& database, const Dialled& dialled, Duration waited) {
  const Error& error = *dialled.error;
  const std::string who = "the database " + database.name;
  const auto says = [&](std::string_view predicate) { return who + " " + std::string(predicate); };
  const auto& blamed = dialled.refused_certificate;
  const std::string whose = blamed ? " (\"" + blamed->subject + "\")" : "";
  const std::string code = error.sqlstate.empty() ? "" : " (SQLSTATE " + error.sqlstate + ")";
  switch (error.reason) {
    case Reason::timed_out:
      return says(wait_of(error.phase)) + " (" + render_duration(waited) + ")";
    case Reason::name_not_found:
      return says("has a host name that does not exist: ") + database.host;
    case Reason::name_server_silent:
      return says("cannot be resolved: the name server does not answer for ") + database.host;
    case Reason::refused:
      return says("refuses connections: nothing listens on ") + where(database);
    case Reason::unreachable:
      return says("is unreachable at ") + where(database);
    case Reason::closed:
      return says("closed the connection ") +
             (error.phase == "tls" ? "during the TLS handshake" : "during the login") + code;
    case Reason::no_tls:
      return says("does not offer TLS, and sslmode is ") + database.sslmode;
    case Reason::wrong_host:
      return says("has a certificate that was not issued for ") + database.host;
    case Reason::expired:
      return says("has a certificate") + whose + " that expired on " +
             (blamed ? format_time(blamed->not_after, kMinute) : "an unknown date");
    case Reason::not_yet_valid:
      return says("has a certificate") + whose + " that is not valid before " +
             (blamed ? format_time(blamed->not_before, kMinute) : "an unknown date");
    case Reason::no_secret:
      if (!error.text.empty()) return says("was not checked: ") + error.text;
      return says("was not checked: a certificate or key file cannot be read");
    case Reason::login_refused:
      if (!error.text.empty()) return who + ": " + error.text;
      if (error.sqlstate == "28P01")
        return says("rejected the login: password authentication failed for user ") +
               database.user + code;
      return says("rejected the login of user ") + database.user + code;
    case Reason::no_such_database:
      return says("has no database named ") + database.dbname;
    default:
      return says(sentence_of(error.reason)) + code;
  }
}

std::optional<VerifyFailure> find_verify_failure(const Database& database,
                                                 const std::string& address,
                                                 const std::string& authorities,
                                                 const Deadline& deadline) {
  const auto socket = connect_tcp(address, database.port, deadline);
  if (!socket || send_all(socket->fd(), kSslRequest, deadline)) return std::nullopt;
  char answer = 0;
  const auto got = receive_some(socket->fd(), &answer, 1, deadline);
  if (!got || *got != 1 || answer != 'S') return std::nullopt;
  return find_refused_certificate(socket->fd(), database.host, authorities, deadline);
}

}  // namespace holdfast
