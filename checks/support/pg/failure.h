// SPDX-License-Identifier: Apache-2.0
// Why a connection failed: libpq's message to a reason, and the reason to a sentence. Inside
// checks/support/pg/ only.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checks/base/database.h"
#include "checks/base/limits.h"
#include "checks/support/io/deadline.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

struct Dialled;

/// The reason for libpq's message, which must be formatted with PQERRORS_SQLSTATE. Its text is
/// never stored. `refused`: the rejected certificate, if the handshake saw one.
[[nodiscard]] Error classify(std::string_view message, const std::string& phase,
                             const std::optional<VerifyFailure>& refused);

/// "the database timeweb did not answer the TLS handshake in time (5 s)".
[[nodiscard]] std::string describe_failure(const Database& database, const Dialled& dialled,
                                           Duration waited);

/// Why a certificate was rejected, if libpq's handshake ended before we could attach to it: by a
/// second connection to the numeric `address` that ends after its TLS handshake. `authorities` is
/// the file that libpq used. Empty if it could not be found out in time.
[[nodiscard]] std::optional<VerifyFailure> find_verify_failure(const Database& database,
                                                               const std::string& address,
                                                               const std::string& authorities,
                                                               const Deadline& deadline);

}  // namespace holdfast
