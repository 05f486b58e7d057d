// SPDX-License-Identifier: Apache-2.0
#include "checks/support/http/tls_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <algorithm>

#include "checks/support/tls/handshake.h"

namespace holdfast {
namespace {

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using Session = std::unique_ptr<SSL, decltype(&SSL_free)>;

Error failed(Reason reason, std::string_view phase) { return {reason, std::string(phase), "", ""}; }

class OpensslStream : public TlsStream {
 public:
  OpensslStream(Context context, Session session, int fd)
      : context_(std::move(context)), session_(std::move(session)), fd_(fd) {}

  std::optional<Error> shake_hands(const Deadline& deadline) {
    const auto done = drive("tls", deadline, [&] { return SSL_connect(session_.get()); });
    if (done) return std::nullopt;
    const long verified = SSL_get_verify_result(session_.get());
    if (done.error().reason == Reason::closed || done.error().reason == Reason::tls_failed)
      return failed(verified == X509_V_OK ? Reason::tls_failed : reason_of_verify_error(verified),
                    "tls");
    return done.error();
  }

  std::optional<Error> send(std::string_view bytes, const Deadline& deadline) override {
    while (!bytes.empty()) {
      const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), 16 * 1024));
      const auto sent =
          drive("read", deadline, [&] { return SSL_write(session_.get(), bytes.data(), size); });
      if (!sent) return sent.error();
      if (*sent == 0) return failed(Reason::closed, "read");
      bytes.remove_prefix(*sent);
    }
    return std::nullopt;
  }

  Result<std::size_t> receive(char* to, std::size_t size, const Deadline& deadline) override {
    const auto most = static_cast<int>(std::min<std::size_t>(size, 16 * 1024));
    return drive("read", deadline, [&] { return SSL_read(session_.get(), to, most); });
  }

 private:
  /// Repeats one operation of OpenSSL until it succeeds or fails; waits under the deadline.
  template <class Step>
  Result<std::size_t> drive(std::string_view phase, const Deadline& deadline, const Step& step) {
    for (;;) {
      ERR_clear_error();
      const int done = step();
      if (done > 0) return static_cast<std::size_t>(done);
      const int why = SSL_get_error(session_.get(), done);
      if (why == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
      if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE)
        return failed(why == SSL_ERROR_SYSCALL ? Reason::closed : Reason::tls_failed, phase);
      const auto events = static_cast<short>(
          why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT);  // NOLINT(*-narrowing*)
      const auto seen = deadline.wait(fd_, events);
      if (!seen) return failed(seen.error().reason, phase);
    }
  }

  Context context_;
  Session session_;
  const int fd_;
};

bool expect_host(SSL* session, const std::string& host) {
  X509_VERIFY_PARAM* expected = SSL_get0_param(session);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str()) == 1) return true;
  X509_VERIFY_PARAM_set_hostflags(expected, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  // The macro of OpenSSL uses an old-style cast, which our warnings reject.
  return SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(host.c_str())) == 1 &&  // NOLINT(*-const-cast): only read.
         X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size()) == 1;
}

}  // namespace

Result<std::unique_ptr<TlsStream>> open_tls_stream(int fd, const std::string& host,
                                                   const std::string& ca_file,
                                                   const Deadline& deadline) {
  Context context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return failed(Reason::own_limit, "tls");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const int trusted = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                      : SSL_CTX_load_verify_file(context.get(), ca_file.c_str());
  if (trusted != 1) return failed(Reason::no_secret, "tls");
  Session session(SSL_new(context.get()), &SSL_free);
  if (!session || SSL_set_fd(session.get(), fd) != 1 || !expect_host(session.get(), host))
    return failed(Reason::own_limit, "tls");
  auto stream = std::make_unique<OpensslStream>(std::move(context), std::move(session), fd);
  if (auto error = stream->shake_hands(deadline)) return *error;
  return std::unique_ptr<TlsStream>(std::move(stream));
}

}  // namespace holdfast
