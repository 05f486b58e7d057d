// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>

#include "exporter/config/map_reader.h"
#include "exporter/web/web_config.h"

namespace holdfast {
namespace {

Io plain_outcome(ssize_t moved, Io::State want) {
  if (moved > 0) return {Io::State::done, static_cast<std::size_t>(moved)};
  const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
  return {moved < 0 && later ? want : Io::State::closed, 0};
}

int bounded(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

TlsContext make_bare_context(const TlsFiles& files) {
  auto* raw = ::SSL_CTX_new(::TLS_server_method());
  if (raw == nullptr) return nullptr;
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
  return {raw, &::SSL_CTX_free};
}

/// False when the client CA file cannot be used.
bool require_client_certificates(SSL_CTX* context, const TlsFiles& files) {
  if (files.client_auth == ClientAuth::none) return true;
  const char* path = files.client_ca.path.c_str();
  if (::SSL_CTX_load_verify_locations(context, path, nullptr) != 1) return false;
  // The list of names lets the client choose its certificate.
  ::SSL_CTX_set_client_CA_list(context, ::SSL_load_client_CA_file(path));
  int mode = SSL_VERIFY_PEER;
  if (files.client_auth == ClientAuth::require) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  ::SSL_CTX_set_verify(context, mode, nullptr);
  return true;
}

}  // namespace

TlsContext make_tls_context(const TlsFiles& files, ConfigErrors& errors) {
  // OpenSSL writes without MSG_NOSIGNAL: a disconnected client must not end the daemon.
  std::signal(SIGPIPE, SIG_IGN);
  const auto fail = [&errors](const FileAt& file, const std::string& option, std::string text) {
    ::ERR_clear_error();
    errors.add(file.line, file.column, "tls_server_config" + option, std::move(text));
    return nullptr;
  };
  auto context = make_bare_context(files);
  if (!context) return fail(files.cert, "", "TLS cannot be initialized");
  auto* raw = context.get();
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate_chain_file(raw, files.cert.path.c_str()) != 1)
    return fail(files.cert, ".cert_file", "cannot be read or contains no PEM certificate");
  if (::SSL_CTX_use_PrivateKey_file(raw, files.key.path.c_str(), SSL_FILETYPE_PEM) != 1) {
    const bool is_mismatch = ERR_GET_REASON(::ERR_peek_last_error()) == X509_R_KEY_VALUES_MISMATCH;
    return fail(files.key, ".key_file",
                is_mismatch ? "does not match the certificate in cert_file"
                            : "cannot be read or contains no PEM private key without pass phrase");
  }
  if (!require_client_certificates(raw, files))
    return fail(files.client_ca, ".client_ca_file",
                "cannot be read or contains no PEM certificate");
  ::ERR_clear_error();
  return context;
}

Stream::Stream(int fd, const TlsContext& tls)
    : fd_(fd),
      is_tls_(tls != nullptr),
      session_(tls ? ::SSL_new(tls.get()) : nullptr, &::SSL_free) {
  if (session_ && ::SSL_set_fd(session_.get(), fd) != 1) session_.reset();
}

Stream::~Stream() {
  session_.reset();
  ::close(fd_);
}

Io Stream::tls_outcome(int moved) {
  if (moved > 0) return {Io::State::done, static_cast<std::size_t>(moved)};
  const int why = ::SSL_get_error(session_.get(), moved);
  if (why == SSL_ERROR_WANT_READ) return {Io::State::want_read, 0};
  if (why == SSL_ERROR_WANT_WRITE) return {Io::State::want_write, 0};
  is_open_ = false;  // OpenSSL forbids a shutdown after an error.
  return {};
}

Io Stream::handshake() {
  if (!is_tls_) return {Io::State::done, 0};
  if (!session_) return {};
  ::ERR_clear_error();
  const auto io = tls_outcome(::SSL_accept(session_.get()));
  is_open_ = io.state == Io::State::done;
  return io;
}

Io Stream::read(char* to, std::size_t size) {
  if (!session_) return plain_outcome(::recv(fd_, to, size, 0), Io::State::want_read);
  ::ERR_clear_error();
  return tls_outcome(::SSL_read(session_.get(), to, bounded(size)));
}

Io Stream::write(const char* from, std::size_t size) {
  if (!session_) return plain_outcome(::send(fd_, from, size, MSG_NOSIGNAL), Io::State::want_write);
  ::ERR_clear_error();
  return tls_outcome(::SSL_write(session_.get(), from, bounded(size)));
}

void Stream::finish() {
  ::ERR_clear_error();
  if (is_open_) ::SSL_shutdown(session_.get());
  ::shutdown(fd_, SHUT_WR);
}

}  // namespace holdfast
