// SPDX-License-Identifier: Apache-2.0
// One TLS handshake of our own on a connected socket, only to see why a certificate is refused.
// Non-blocking, under the caller's deadline. Any thread; the socket stays the caller's.
#pragma once

#include <optional>
#include <string>

#include "checks/support/io/deadline.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

/// Shakes hands on `fd` (connected, non-blocking) as a client that names `host` and trusts the
/// authorities in that file. Gives what a certificate was refused for; empty when none was, or
/// when the handshake failed for another reason or not in time.
[[nodiscard]] std::optional<VerifyFailure> find_refused_certificate(int fd, const std::string& host,
                                                                    const std::string& authorities,
                                                                    const Deadline& deadline);

}  // namespace holdfast
