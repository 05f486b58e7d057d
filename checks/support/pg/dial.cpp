// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/dial.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

#include "checks/support/io/resolver.h"
#include "checks/support/io/socket.h"
#include "checks/support/pg/failure.h"

namespace holdfast {
namespace {

using Clock = Deadline::Clock;
// A file that cannot exist: libpq's defaults are files in the home directory, which the config does
// not name.
constexpr const char* kNoFile = "/dev/null/none";
// Debian's bundle, used if no sslrootcert is configured.
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
// Sent if a server requires a password and none is configured: with an empty one, libpq would use
// the environment.
constexpr const char* kNoPassword = "none-configured";

using Parameters = std::vector<std::pair<const char*, std::string>>;

PGconn* start(const Parameters& parameters) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : parameters) {
    names.push_back(name);
    values.push_back(value.c_str());  // libpq treats an empty value as unset.
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(names.data(), values.data(), 0);
}

std::string authorities_of(const Database& database) {
  if (!database.sslrootcert.empty()) return database.sslrootcert;
  return database.sslmode.starts_with("verify") ? kSystemAuthorities : kNoFile;
}

/// Every parameter that a variable or a file could otherwise set.
Parameters parameters_of(const Database& database, const std::string& address,
                         const std::string& password) {
  return {
      {"host", database.host},
      {"hostaddr", address},
      {"port", database.port},
      {"dbname", database.dbname},
      {"user", database.user},
      {"password", password.empty() ? kNoPassword : password},
      {"passfile", "/dev/null"},
      {"sslmode", database.sslmode},
      {"sslrootcert", authorities_of(database)},
      {"sslcert", database.sslcert.empty() ? kNoFile : database.sslcert},
      {"sslkey", database.sslkey.empty() ? kNoFile : database.sslkey},
      {"sslcrl", kNoFile},
      {"sslcrldir", kNoFile},
      {"sslcompression", "0"},
      {"sslsni", "1"},
      {"ssl_min_protocol_version", "TLSv1.2"},
      {"ssl_max_protocol_version", "TLSv1.3"},
      {"gssencmode", "disable"},
      {"channel_binding", "prefer"},
      {"target_session_attrs", "any"},
      {"client_encoding", "UTF8"},
      {"application_name", "holdfast"},
  };
}

/// One connection attempt to one address: drives PQconnectPoll and times the phases.
class Attempt {
 public:
  Attempt(Dialled& dialled, const Database& database, const Deadline& deadline)
      : dialled_(dialled), database_(database), deadline_(deadline) {}

  /// Sets `dialled.connection` or returns the error.
  std::optional<Error> run(const Parameters& parameters, const Deadline& tcp_deadline) {
    since_ = Clock::now();
    PgConnection connection(start(parameters));
    PGconn* raw = connection.get();
    if (raw == nullptr) return Error{Reason::own_limit, "tcp"};
    connection.silence();
    auto error = PQstatus(raw) == CONNECTION_BAD ? failed(raw) : walk(raw, tcp_deadline);
    if (error) {
      connection.abort();  // libpq may have freed its SSL object already, so it is not detached.
      return error;
    }
    if (auto* ssl = static_cast<ssl_st*>(PQsslStruct(raw, "OpenSSL"))) {
      handshake_.attach(ssl);
      dialled_.tls = handshake_.facts();
      handshake_.detach();
    }
    dialled_.connection = std::move(connection);
    return std::nullopt;
  }

 private:
  std::optional<Error> walk(PGconn* raw, const Deadline& tcp_deadline) {
    PostgresPollingStatusType next = PGRES_POLLING_WRITING;
    while (next != PGRES_POLLING_OK) {
      const bool connecting = phase_ == Phase::tcp;
      const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
      const auto seen = (connecting ? tcp_deadline : deadline_).wait(PQsocket(raw), events);
      if (!seen) return Error{seen.error().reason, name()};
      if (connecting) {
        // Read before libpq reads it: SO_ERROR is reset, and libpq only gives a text.
        if (const int code = socket_error(PQsocket(raw)); code != 0)
          return Error{reason_of_errno(code), name()};
      }
      next = PQconnectPoll(raw);
      if (next == PGRES_POLLING_FAILED) return failed(raw);
      follow(raw);
    }
    dialled_.phases.auth = lap();
    return std::nullopt;
  }

  /// Notes the end of a phase when libpq has moved on to the next.
  void follow(PGconn* raw) {
    const ConnStatusType status = PQstatus(raw);
    if (phase_ == Phase::tcp && status != CONNECTION_STARTED && status != CONNECTION_NEEDED) {
      dialled_.phases.tcp = lap();
      phase_ = wants_tls() ? Phase::tls : Phase::auth;
    }
    if (phase_ != Phase::tls) return;
    handshake_.attach(static_cast<ssl_st*>(PQsslStruct(raw, "OpenSSL")));
    // CONNECTION_MADE comes twice: before the request for TLS, and when the handshake is done.
    if (status == CONNECTION_SSL_STARTUP) asked_tls_ = true;
    if (status == CONNECTION_SSL_STARTUP || (status == CONNECTION_MADE && !asked_tls_)) return;
    if (PQsslInUse(raw) != 0) dialled_.phases.tls = lap();
    phase_ = Phase::auth;
  }
  [[nodiscard]] bool wants_tls() const {
    return database_.sslmode != "disable" && !database_.host.starts_with('/');
  }

  std::optional<Error> failed(PGconn* raw) {
    Error error = classify(PQerrorMessage(raw), name(), handshake_.failure());
    if (const auto& failure = handshake_.failure())
      dialled_.refused_certificate = failure->certificate;
    if (error.reason == Reason::login_refused && !database_.password.is_set())
      error.text = "a password is required, and none is configured";
    return error;
  }

  static int socket_error(int fd) {
    int code = 0;
    socklen_t size = sizeof code;
    return ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : 0;
  }
  [[nodiscard]] std::string name() const {
    return phase_ == Phase::tcp ? "tcp" : phase_ == Phase::tls ? "tls" : "auth";
  }
  Duration lap() {
    const auto now = Clock::now();
    return now - std::exchange(since_, now);
  }

  enum class Phase : std::uint8_t { tcp, tls, auth };
  Dialled& dialled_;
  const Database& database_;
  Deadline deadline_;
  Handshake handshake_;
  Clock::time_point since_{};
  Phase phase_ = Phase::tcp;
  bool asked_tls_ = false;
};

/// Whether to try the next address of the host, as libpq does.
bool is_worth_another_address(const Error& error) {
  return error.phase == "tcp" && error.reason != Reason::stopped;
}

/// The addresses to try; one empty address for a Unix socket (the host is a directory).
Result<std::vector<std::string>> addresses_of(Dialled& dialled, const Database& database,
                                              Resolver& resolver, const Deadline& deadline) {
  if (database.host.starts_with('/')) return std::vector<std::string>{""};
  const auto since = Clock::now();
  auto found = resolver.resolve(database.host, deadline);
  if (found) dialled.phases.resolve = Clock::now() - since;
  return found;
}

void connect(Dialled& dialled, const Database& database, Resolver& resolver,
             const Deadline& deadline) {
  const auto password = database.password.read();
  if (!password) {
    dialled.error = password.error();
    return;
  }
  auto addresses = addresses_of(dialled, database, resolver, deadline);
  if (!addresses) {
    dialled.error = std::move(addresses).error();
    dialled.error->phase = "resolve";
    return;
  }
  auto left = static_cast<long>(addresses->size());
  for (const std::string& address : *addresses) {
    dialled.address = address;
    // An address that does not answer must leave time for the next one.
    const Deadline tcp_deadline = deadline.capped(deadline.remaining() / left--);
    const auto parameters = parameters_of(database, address, *password);
    dialled.error = Attempt(dialled, database, deadline).run(parameters, tcp_deadline);
    if (!dialled.error || deadline.is_over() || !is_worth_another_address(*dialled.error)) return;
  }
}

/// libpq has one message for an unknown authority, an expired certificate and one not yet valid. If
/// the handshake ended before we could attach to it, a second one finds out which it was.
void explain_refusal(Dialled& dialled, const Database& database, const Deadline& deadline) {
  if (!dialled.error || dialled.error->reason != Reason::unknown_authority ||
      dialled.refused_certificate)
    return;
  const auto refused =
      find_verify_failure(database, dialled.address, authorities_of(database), deadline);
  if (!refused) return;
  dialled.error->reason = refused->reason;
  dialled.refused_certificate = refused->certificate;
}

}  // namespace

Dialled dial(const Database& database, Resolver& resolver, const Deadline& deadline) {
  const auto since = Clock::now();
  Dialled dialled;
  connect(dialled, database, resolver, deadline);
  explain_refusal(dialled, database, deadline);
  dialled.total = Clock::now() - since;
  if (dialled.error) dialled.error->text = describe_failure(database, dialled, dialled.total);
  return dialled;
}

void forget_libpq_environment() {
  // Variables that no parameter overrides: an empty parameter counts as unset, poolers reject
  // `options`, and the last three are sent as session settings.
  for (const char* name :
       {"PGSERVICE", "PGSERVICEFILE", "PGSYSCONFDIR", "PGOPTIONS", "PGREQUIREPEER", "PGREQUIREAUTH",
        "PGGSSDELEGATION", "PGSSLNEGOTIATION", "PGSSLCERTMODE", "PGLOADBALANCEHOSTS", "PGGSSLIB",
        "PGKRBSRVNAME", "PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION", "PGDATESTYLE", "PGTZ",
        "PGGEQO"})
    ::unsetenv(name);
}

}  // namespace holdfast
