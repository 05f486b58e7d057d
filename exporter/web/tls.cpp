// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <csignal>

namespace holdfast {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
};
struct FreeSession {
  void operator()(SSL* session) const { ::SSL_free(session); }
};
using ContextPtr = std::unique_ptr<SSL_CTX, FreeContext>;
using SessionPtr = std::unique_ptr<SSL, FreeSession>;

class TlsStream : public Stream {
 public:
  TlsStream(SessionPtr session, int fd) : session_(std::move(session)), fd_(fd) {}
  ~TlsStream() override {
    session_.reset();
    ::close(fd_);
  }
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] Io handshake() override {
    ::ERR_clear_error();
    const auto io = outcome(::SSL_accept(session_.get()));
    is_open_ = io.state == Io::State::done;
    return io;
  }
  [[nodiscard]] Io read(char* to, std::size_t size) override {
    ::ERR_clear_error();
    return outcome(::SSL_read(session_.get(), to, bounded(size)));
  }
  [[nodiscard]] Io write(const char* from, std::size_t size) override {
    ::ERR_clear_error();
    return outcome(::SSL_write(session_.get(), from, bounded(size)));
  }
  void finish() override {
    ::ERR_clear_error();
    if (is_open_) ::SSL_shutdown(session_.get());
    ::shutdown(fd_, SHUT_WR);
  }

 private:
  static int bounded(std::size_t size) {
    return static_cast<int>(std::min<std::size_t>(size, INT_MAX));
  }
  Io outcome(int moved) {
    if (moved > 0) return {Io::State::done, static_cast<std::size_t>(moved)};
    const int why = ::SSL_get_error(session_.get(), moved);
    if (why == SSL_ERROR_WANT_READ) return {Io::State::want_read, 0};
    if (why == SSL_ERROR_WANT_WRITE) return {Io::State::want_write, 0};
    is_open_ = false;  // OpenSSL forbids a shutdown after an error.
    return {Io::State::closed, 0};
  }

  SessionPtr session_;
  int fd_;
  bool is_open_ = false;
};

class OpenSslContext : public TlsContext {
 public:
  explicit OpenSslContext(ContextPtr context) : context_(std::move(context)) {}
  [[nodiscard]] std::unique_ptr<Stream> make_stream(int fd) override {
    SessionPtr session(::SSL_new(context_.get()));
    if (!session || ::SSL_set_fd(session.get(), fd) != 1) {
      ::close(fd);
      return nullptr;
    }
    return std::make_unique<TlsStream>(std::move(session), fd);
  }

 private:
  ContextPtr context_;
};

ContextPtr make_bare_context(const TlsFiles& files) {
  ContextPtr context(::SSL_CTX_new(::TLS_server_method()));
  if (!context) return nullptr;
  auto* raw = context.get();
  ::SSL_CTX_set_min_proto_version(raw, files.only_tls13 ? TLS1_3_VERSION : TLS1_2_VERSION);
  ::SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  ::SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
  // Scrapers use persistent connections; resumption would only extend old client certificates.
  ::SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_num_tickets(raw, 0);
  // A key with a pass phrase must be an error, not a prompt on the terminal.
  ::SSL_CTX_set_default_passwd_cb(raw, [](char*, int, int, void*) { return -1; });
  return context;
}

/// Empty, or the error of the client CA file.
std::string require_client_certificates(SSL_CTX* context, const TlsFiles& files) {
  if (files.client_auth == ClientAuth::none) return {};
  const char* path = files.client_ca.path.c_str();
  if (::SSL_CTX_load_verify_locations(context, path, nullptr) != 1) {
    return "cannot be read or contains no PEM certificate";
  }
  // The list of names lets the client choose its certificate.
  ::SSL_CTX_set_client_CA_list(context, ::SSL_load_client_CA_file(path));
  int mode = SSL_VERIFY_PEER;
  if (files.client_auth == ClientAuth::require) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  ::SSL_CTX_set_verify(context, mode, nullptr);
  return {};
}

}  // namespace

std::variant<std::shared_ptr<TlsContext>, TlsFileError> make_tls_context(const TlsFiles& files) {
  // OpenSSL writes without MSG_NOSIGNAL: a disconnected client must not end the daemon.
  std::signal(SIGPIPE, SIG_IGN);
  auto context = make_bare_context(files);
  if (!context) return TlsFileError{files.cert, "tls_server_config", "TLS cannot be initialized"};
  auto* raw = context.get();
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate_chain_file(raw, files.cert.path.c_str()) != 1) {
    return TlsFileError{files.cert, "tls_server_config.cert_file",
                        "cannot be read or contains no PEM certificate"};
  }
  if (::SSL_CTX_use_PrivateKey_file(raw, files.key.path.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_mismatch = ERR_GET_REASON(::ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return TlsFileError{files.key, "tls_server_config.key_file",
                        is_mismatch
                            ? "does not match the certificate in cert_file"
                            : "cannot be read or contains no PEM private key without pass phrase"};
  }
  auto error = require_client_certificates(raw, files);
  ::ERR_clear_error();
  if (!error.empty()) {
    return TlsFileError{files.client_ca, "tls_server_config.client_ca_file", std::move(error)};
  }
  return std::make_shared<OpenSslContext>(std::move(context));
}

}  // namespace holdfast
