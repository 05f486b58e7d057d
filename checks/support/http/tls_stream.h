// SPDX-License-Identifier: Apache-2.0
// TLS over a connected non-blocking socket for outgoing requests, every wait under a deadline. The
// peer's certificate and name are always verified. One thread; the socket outlives it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "checks/support/io/deadline.h"

namespace holdfast {

class TlsStream {
 public:
  virtual ~TlsStream() = default;
  [[nodiscard]] virtual std::optional<Error> send(std::string_view bytes,
                                                  const Deadline& deadline) = 0;
  /// The number of bytes read; 0 at the end of the stream.
  [[nodiscard]] virtual Result<std::size_t> receive(char* to, std::size_t size,
                                                    const Deadline& deadline) = 0;
};

/// Performs a handshake as a client of `host` (a name or an address). A `ca_file` that is not empty
/// replaces the system's authorities. Errors (phase "tls"): unknown_authority, wrong_host,
/// expired, not_yet_valid, tls_failed, no_secret (no such ca_file), timed_out, stopped.
[[nodiscard]] Result<std::unique_ptr<TlsStream>> open_tls_stream(int fd, const std::string& host,
                                                                 const std::string& ca_file,
                                                                 const Deadline& deadline);

}  // namespace holdfast
