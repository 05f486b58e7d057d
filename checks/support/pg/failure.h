// SPDX-License-Identifier: Apache-2.0
// Why a connection could not be made: from what libpq says to a reason, and from a reason to a
// sentence for a person. Inside checks/support/pg/ only; pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/base/database.h"
#include "checks/base/limits.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

struct Dialled;

/// The reason behind libpq's message, which must have been made with PQERRORS_SQLSTATE. The text
/// is only looked at, never kept. `refused` is what the handshake saw, if it saw something.
[[nodiscard]] Error classify(std::string_view message, const std::string& phase,
                             const std::optional<VerifyFailure>& refused);

/// The reason behind an errno of connect, send or recv.
[[nodiscard]] Reason reason_of_errno(int code);

/// "the database timeweb did not answer the TLS handshake in time (5 s)".
[[nodiscard]] std::string describe_failure(const Database& database, const Dialled& dialled,
                                           Duration waited);

}  // namespace holdfast
