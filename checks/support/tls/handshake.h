// SPDX-License-Identifier: Apache-2.0
// What a TLS handshake showed, seen from inside it: the certificates with their dates, why a
// verification failed, and whether the server asked for a second hello. It listens on the
// handshake that is made anyway, so it costs no connection of its own.
// Used by one thread; a Handshake outlives the SSL object it is attached to.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "checks/base/result.h"

struct ssl_st;
struct x509_st;

namespace holdfast {

/// One certificate of a chain.
struct Certificate {
  std::string position;  ///< "leaf", "intermediate", "intermediate_2" …, "root".
  std::string subject;   ///< Its common name, or its whole subject where there is none. Bounded.
  std::chrono::system_clock::time_point not_before;
  std::chrono::system_clock::time_point not_after;
  bool operator==(const Certificate&) const = default;
};

/// What a finished handshake agreed on.
struct TlsFacts {
  std::string version;             ///< "TLSv1.3"
  std::string cipher;              ///< "TLS_AES_256_GCM_SHA384"
  std::vector<Certificate> chain;  ///< The verified one, else as sent by the server; leaf first.
  bool verified = false;
  /// HelloRetryRequest: the handshake took one round trip more. Empty when the server was so near
  /// that it had answered before we could listen.
  std::optional<bool> second_hello;
};

/// Why a certificate was refused.
struct VerifyFailure {
  Reason reason =
      Reason::unknown_authority;  ///< Or expired, not_yet_valid, wrong_host, tls_failed.
  Certificate certificate;        ///< The one that is to blame.
};

class Handshake {
 public:
  /// Listens on `ssl` from now on; best right after its first hello went out. nullptr: nothing.
  void attach(ssl_st* ssl);
  [[nodiscard]] bool attached() const { return ssl_ != nullptr; }
  /// Lets go of an SSL object that lives on, and must live now. What was seen stays.
  void detach();
  /// To be read once the handshake is done, while the SSL object lives.
  [[nodiscard]] TlsFacts facts() const;
  /// Set when a certificate was refused while we listened.
  [[nodiscard]] const std::optional<VerifyFailure>& failure() const { return failure_; }

 private:
  friend struct HandshakeCallbacks;
  ssl_st* ssl_ = nullptr;
  bool second_hello_ = false;
  std::optional<VerifyFailure> failure_;
};

}  // namespace holdfast
