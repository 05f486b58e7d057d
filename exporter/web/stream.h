// SPDX-License-Identifier: Apache-2.0
// A non-blocking byte stream of one accepted connection, plain or TLS, and the TLS context. A
// context may be shared between threads; a stream is used by the poll thread only. OpenSSL's TLS is
// included in stream.cpp only.
#pragma once

#include <cstddef>
#include <memory>

struct ssl_st;
struct ssl_ctx_st;

namespace holdfast {

class ConfigErrors;
struct TlsFiles;

/// Result of one attempt. `want_read` and `want_write`: would block, poll for it and try again.
struct Io {
  enum class State : std::uint8_t { done, want_read, want_write, closed };
  State state = State::closed;
  std::size_t bytes = 0;
};

using TlsContext = std::shared_ptr<ssl_ctx_st>;
/// Null when one of the files cannot be used: the error is added at its place in web.yml.
[[nodiscard]] TlsContext make_tls_context(const TlsFiles& files, ConfigErrors& errors);

class Stream {
 public:
  /// Takes over a non-blocking socket. `tls`: null for a plain connection.
  explicit Stream(int fd, const TlsContext& tls = nullptr);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  /// Continues the TLS handshake; `done` at once without TLS.
  [[nodiscard]] Io handshake();
  [[nodiscard]] Io read(char* to, std::size_t size);
  [[nodiscard]] Io write(const char* from, std::size_t size);
  /// Shuts down the sending side; reading goes on.
  void finish();

 private:
  [[nodiscard]] Io tls_outcome(int moved);

  const int fd_;
  const bool is_tls_;
  bool is_open_ = false;                                // The TLS session is established.
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> session_;  // Null without TLS or memory.
};

}  // namespace holdfast
