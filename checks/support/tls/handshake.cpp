// SPDX-License-Identifier: Apache-2.0
#include "checks/support/tls/handshake.h"

#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/tls1.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <memory>

namespace holdfast {
namespace {

constexpr int kMaxChain = 8;           // Longer chains are cut; servers send two or three.
constexpr std::size_t kMaxName = 128;  // A subject may have any length.

// RFC 8446, 4.1.3: a ServerHello with this random is a HelloRetryRequest.
constexpr std::array<unsigned char, 32> kRetryRandom{
    0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
    0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C};

std::chrono::system_clock::time_point time_of(const ASN1_TIME* text) {
  std::tm broken{};
  if (text == nullptr || ASN1_TIME_to_tm(text, &broken) != 1) return {};
  return std::chrono::system_clock::from_time_t(::timegm(&broken));
}

std::string subject_of(const X509* certificate) {
  const X509_NAME* name = X509_get_subject_name(certificate);
  std::array<char, kMaxName> text{};
  if (X509_NAME_get_text_by_NID(name, NID_commonName, text.data(), text.size()) > 0)
    return text.data();
  X509_NAME_oneline(name, text.data(), text.size());
  return text.data();
}

Certificate certificate_of(const X509* certificate, std::string position) {
  return {std::move(position), subject_of(certificate), time_of(X509_get0_notBefore(certificate)),
          time_of(X509_get0_notAfter(certificate))};
}

/// The position in the chain: the first is the leaf, a self-signed one the root.
std::string position_of(const X509* certificate, int depth) {
  if (depth == 0) return "leaf";
  if (X509_NAME_cmp(X509_get_subject_name(certificate), X509_get_issuer_name(certificate)) == 0)
    return "root";
  return depth == 1 ? "intermediate" : "intermediate_" + std::to_string(depth);
}

/// Whether the server requested a second ClientHello. Unknown if it was not seen and the group is
/// an EC curve, which clients usually do not offer first: we may have attached too late.
std::optional<bool> asked_twice(SSL* ssl, bool seen) {
  if (seen) return true;
  if (SSL_version(ssl) != TLS1_3_VERSION) return false;
  EVP_PKEY* key = nullptr;
  if (SSL_get_peer_tmp_key(ssl, &key) != 1) return false;
  const bool is_curve = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
  EVP_PKEY_free(key);
  return is_curve ? std::nullopt : std::optional(false);
}

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

int slot_of_handshake() {
  static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return slot;
}

}  // namespace

Reason reason_of_verify_error(long code) {
  switch (code) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return Reason::expired;
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Reason::not_yet_valid;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return Reason::wrong_host;
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return Reason::unknown_authority;
    default:
      return Reason::tls_failed;
  }
}

/// The C callbacks for OpenSSL.
struct HandshakeCallbacks {
  static int verified(int ok, X509_STORE_CTX* context) {
    const auto* ssl = static_cast<SSL*>(
        X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx()));
    auto* self = ssl ? static_cast<Handshake*>(SSL_get_ex_data(ssl, slot_of_handshake())) : nullptr;
    if (ok == 1 || self == nullptr || self->failure_) return ok;
    VerifyFailure failure{reason_of_verify_error(X509_STORE_CTX_get_error(context)), {}};
    if (const X509* blamed = X509_STORE_CTX_get_current_cert(context))
      failure.certificate =
          certificate_of(blamed, position_of(blamed, X509_STORE_CTX_get_error_depth(context)));
    self->failure_ = std::move(failure);
    return ok;  // Only observes: OpenSSL decides.
  }

  static void message(int written, int /*version*/, int type, const void* bytes, std::size_t size,
                      SSL* /*ssl*/, void* argument) {
    // type (1), length (3), legacy version (2), random (32).
    constexpr std::size_t kRandomAt = 6;
    if (written != 0 || type != SSL3_RT_HANDSHAKE || size < kRandomAt + kRetryRandom.size()) return;
    const auto* text = static_cast<const unsigned char*>(bytes);
    if (text[0] == SSL3_MT_SERVER_HELLO &&
        std::memcmp(text + kRandomAt, kRetryRandom.data(), kRetryRandom.size()) == 0)
      static_cast<Handshake*>(argument)->second_hello_ = true;
  }
};

void Handshake::attach(ssl_st* ssl) {
  if (ssl == nullptr || ssl == ssl_) return;
  ssl_ = ssl;
  second_hello_ = false;
  failure_.reset();
  SSL_set_ex_data(ssl, slot_of_handshake(), this);
  // Keeps the mode of the caller: with SSL_VERIFY_NONE the callback is not needed.
  if (SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE)
    SSL_set_verify(ssl, SSL_get_verify_mode(ssl), &HandshakeCallbacks::verified);
  SSL_set_msg_callback(ssl, &HandshakeCallbacks::message);
  SSL_set_msg_callback_arg(ssl, this);
}

void Handshake::detach() {
  if (ssl_ == nullptr) return;
  SSL_set_ex_data(ssl_, slot_of_handshake(), nullptr);
  SSL_set_msg_callback(ssl_, nullptr);
  ssl_ = nullptr;
}

TlsFacts Handshake::facts() const {
  TlsFacts facts;
  if (ssl_ == nullptr) return facts;
  facts.version = SSL_get_version(ssl_);
  facts.cipher = SSL_get_cipher_name(ssl_);
  facts.second_hello = asked_twice(ssl_, second_hello_);
  const STACK_OF(X509)* chain = SSL_get0_verified_chain(ssl_);
  if (SSL_get_verify_mode(ssl_) == SSL_VERIFY_NONE || SSL_get_verify_result(ssl_) != X509_V_OK ||
      chain == nullptr)
    chain = SSL_get_peer_cert_chain(ssl_);
  for (int i = 0; chain != nullptr && i < std::min(sk_X509_num(chain), kMaxChain); ++i) {
    const X509* certificate = sk_X509_value(chain, i);
    facts.chain.push_back(certificate_of(certificate, position_of(certificate, i)));
  }
  return facts;
}

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
