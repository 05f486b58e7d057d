// SPDX-License-Identifier: Apache-2.0
// Opens a connection with libpq's non-blocking interface under one deadline, and times its phases:
// resolve, tcp, tls, auth. Each failure has its own reason. Any thread. libpq's environment
// variables and default files are not used.
#pragma once

#include <optional>
#include <string>

#include "checks/base/database.h"
#include "checks/base/limits.h"
#include "checks/support/io/deadline.h"
#include "checks/support/pg/connection.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

class Resolver;

/// The duration of each phase; empty if it was not completed or does not apply.
struct DialPhases {
  std::optional<Duration> resolve;
  std::optional<Duration> tcp;
  std::optional<Duration> tls;
  std::optional<Duration> auth;
};

/// A connection or an error, and the completed phases.
struct Dialled {
  PgConnection connection;
  DialPhases phases;
  Duration total{};
  std::string address;  ///< The numeric address that was tried last.
  TlsFacts tls;         ///< Version empty: no TLS.
  /// The rejected certificate if the reason is unknown_authority, expired or not_yet_valid.
  std::optional<Certificate> refused_certificate;
  std::optional<Error> error;
};

/// Connects to `database`. The error has a phase ("resolve", "tcp", "tls", "auth"), the SQLSTATE if
/// the server sent one, and a full sentence.
[[nodiscard]] Dialled dial(const Database& database, Resolver& resolver, const Deadline& deadline);

/// Removes the environment variables that change libpq's connections and that no parameter
/// overrides. Call before threads start.
void forget_libpq_environment();

}  // namespace holdfast
