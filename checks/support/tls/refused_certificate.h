// SPDX-License-Identifier: Apache-2.0
// A TLS handshake that only finds out why a certificate is rejected. Non-blocking, under the
// caller's deadline. Any thread; the caller keeps the socket.
#pragma once

#include <optional>
#include <string>

#include "checks/support/io/deadline.h"
#include "checks/support/tls/handshake.h"

namespace holdfast {

/// Performs a handshake on `fd` (connected, non-blocking) for `host`, trusting the authorities in
/// that file. Empty if no certificate was rejected, or the handshake failed for another reason or
/// not in time.
[[nodiscard]] std::optional<VerifyFailure> find_refused_certificate(int fd, const std::string& host,
                                                                    const std::string& authorities,
                                                                    const Deadline& deadline);

}  // namespace holdfast
