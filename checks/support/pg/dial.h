// SPDX-License-Identifier: Apache-2.0
// A fresh connection, phase by phase: resolve, tcp, tls, auth, each timed, all under one
// deadline, with libpq's non-blocking interface. Every way of failing has a reason of its own.
// Any thread; each call stands alone. libpq's environment variables play no part.
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

/// How long each phase took; empty for one that was not completed or does not apply.
struct DialPhases {
  std::optional<Duration> resolve;
  std::optional<Duration> tcp;
  std::optional<Duration> tls;
  std::optional<Duration> auth;
};

/// A connection, or why there is none, and in both cases how far it got.
struct Dialled {
  PgConnection connection;
  DialPhases phases;
  Duration total{};
  std::string address;  ///< The numeric address tried last.
  TlsFacts tls;         ///< Version empty: no TLS.
  /// The certificate to blame when the reason is unknown_authority, expired or not_yet_valid.
  std::optional<Certificate> refused_certificate;
  std::optional<Error> error;
};

/// Connects to `database`. Errors: any of reasons.def that a connection can have, with the phase
/// ("resolve", "tcp", "tls", "auth"), the SQLSTATE where the server gave one, and a full sentence.
[[nodiscard]] Dialled dial(const Database& database, Resolver& resolver, const Deadline& deadline);

/// Takes those variables out of the environment by which libpq would change a connection behind
/// our back and which no parameter can override. Call before threads start.
void forget_libpq_environment();

}  // namespace holdfast
