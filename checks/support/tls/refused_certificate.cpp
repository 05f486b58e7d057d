// SPDX-License-Identifier: Apache-2.0
#include "checks/support/tls/refused_certificate.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <poll.h>

#include <memory>

namespace holdfast {
namespace {

struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

void shake_hands(SSL* ssl, int fd, const Deadline& deadline) {
  while (true) {
    ERR_clear_error();
    const int done = SSL_connect(ssl);
    if (done == 1) return;
    const int wants = SSL_get_error(ssl, done);
    if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE) return;
    if (!deadline.wait(fd, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT)) return;
  }
}

}  // namespace

std::optional<VerifyFailure> find_refused_certificate(int fd, const std::string& host,
                                                      const std::string& authorities,
                                                      const Deadline& deadline) {
  const std::unique_ptr<SSL_CTX, FreeContext> context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_load_verify_file(context.get(), authorities.c_str()) != 1)
    return std::nullopt;
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const std::unique_ptr<SSL, FreeSsl> ssl(SSL_new(context.get()));
  if (!ssl || SSL_set_fd(ssl.get(), fd) != 1) return std::nullopt;
  // The macro of OpenSSL uses an old-style cast.
  SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           const_cast<char*>(host.c_str()));
  Handshake handshake;
  handshake.attach(ssl.get());
  shake_hands(ssl.get(), fd, deadline);
  handshake.detach();
  ERR_clear_error();  // The queue is per thread, and libpq uses it next.
  return handshake.failure();
}

}  // namespace holdfast
