// SPDX-License-Identifier: Apache-2.0
// Why libpq refused a server's certificate, when its own handshake was over before we could
// listen: a second connection of our own, up to the handshake and no further. Any thread.
#pragma once

#include <optional>
#include <string>

#include "checks/base/database.h"
#include "checks/support/io/deadline.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

/// Connects to the numeric `address` of `database`, asks for TLS and looks. `authorities` is the
/// file libpq was given. Empty when nothing could be seen in time.
[[nodiscard]] std::optional<VerifyFailure> ask_refusal(const Database& database,
                                                       const std::string& address,
                                                       const std::string& authorities,
                                                       const Deadline& deadline);

}  // namespace holdfast
