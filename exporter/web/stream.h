// SPDX-License-Identifier: Apache-2.0
// A non-blocking byte stream of one accepted connection, plain or TLS. Poll thread only; owns its
// descriptor.
#pragma once

#include <cstddef>
#include <memory>

namespace holdfast {

/// Result of one attempt. `want_read` and `want_write`: would block, poll for it and try again.
struct Io {
  enum class State : std::uint8_t { done, want_read, want_write, closed };
  State state = State::closed;
  std::size_t bytes = 0;
};

class Stream {
 public:
  virtual ~Stream() = default;
  [[nodiscard]] virtual int fd() const = 0;
  /// Continues the TLS handshake; `done` at once without TLS.
  [[nodiscard]] virtual Io handshake() = 0;
  [[nodiscard]] virtual Io read(char* to, std::size_t size) = 0;
  [[nodiscard]] virtual Io write(const char* from, std::size_t size) = 0;
  /// Shuts down the sending side; reading goes on.
  virtual void finish() = 0;
};

/// Takes over a non-blocking socket.
[[nodiscard]] std::unique_ptr<Stream> make_plain_stream(int fd);

}  // namespace holdfast
