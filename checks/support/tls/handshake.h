// SPDX-License-Identifier: Apache-2.0
// Observes a TLS handshake: the certificates with their dates, why verification failed, and whether
// the server requested a second ClientHello. Used by one thread; a Handshake outlives the SSL
// object it is attached to.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checks/base/result.h"
#include "checks/support/io/deadline.h"

struct ssl_st;
struct x509_st;

namespace holdfast {

/// One certificate of a chain.
struct Certificate {
  std::string position;  ///< "leaf", "intermediate", "intermediate_2" …, "root".
  std::string subject;   ///< Its common name, or its full subject if it has none. Bounded.
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  bool operator==(const Certificate&) const = default;
};

/// The result of a completed handshake.
struct TlsFacts {
  std::string version;             ///< "TLSv1.3"
  std::string cipher;              ///< "TLS_AES_256_GCM_SHA384"
  std::vector<Certificate> chain;  ///< The verified one, else as sent by the server; leaf first.
  /// HelloRetryRequest: the handshake needed an extra round trip. Empty if the server answered
  /// before we could observe it.
  std::optional<bool> second_hello;
};

/// A rejected certificate.
struct VerifyFailure {
  Reason reason =
      Reason::unknown_authority;  ///< Or expired, not_yet_valid, wrong_host, tls_failed.
  Certificate certificate;        ///< The rejected one.
};

/// The reason for an X509_V_ERR_ code of OpenSSL.
[[nodiscard]] Reason reason_of_verify_error(long code);

class Handshake {
 public:
  /// Observes `ssl` from now on; best right after its ClientHello was sent. nullptr: no effect.
  void attach(ssl_st* ssl);
  /// Stops observing; the SSL object must still exist. Results stay.
  void detach();
  /// Call after the handshake, while the SSL object exists.
  [[nodiscard]] TlsFacts facts() const;
  /// Set if a certificate was rejected.
  [[nodiscard]] const std::optional<VerifyFailure>& failure() const { return failure_; }

 private:
  friend struct HandshakeCallbacks;
  ssl_st* ssl_ = nullptr;
  bool second_hello_ = false;
  std::optional<VerifyFailure> failure_;
};

/// Performs a handshake on `fd` (connected, non-blocking) for `host`, trusting the authorities in
/// that file. Empty if no certificate was rejected, or the handshake failed for another reason or
/// not in time.
[[nodiscard]] std::optional<VerifyFailure> find_refused_certificate(int fd, const std::string& host,
                                                                    const std::string& authorities,
                                                                    const Deadline& deadline);

}  // namespace holdfast
