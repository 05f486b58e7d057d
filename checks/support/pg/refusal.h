// SPDX-License-Identifier: Apache-2.0
// Finds out why libpq rejected a server's certificate if its handshake ended before we could attach
// to it: by a second connection that ends after the TLS handshake. Any thread.
#pragma once

#include <optional>
#include <string>

#include "checks/base/database.h"
#include "checks/support/io/deadline.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

/// Connects to the numeric `address` of `database` and performs a TLS handshake. `authorities` is
/// the file that libpq used. Empty if it could not be found out in time.
[[nodiscard]] std::optional<VerifyFailure> find_verify_failure(const Database& database,
                                                               const std::string& address,
                                                               const std::string& authorities,
                                                               const Deadline& deadline);

}  // namespace holdfast
