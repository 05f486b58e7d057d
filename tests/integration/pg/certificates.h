// SPDX-License-Identifier: Apache-2.0
// Certificates for tests, made in memory: any authority, any name, any dates.
#pragma once

#include <chrono>
#include <memory>
#include <string>

struct evp_pkey_st;
struct x509_st;

namespace holdfast::test {

using WallTime = std::chrono::system_clock::time_point;

/// A key and the certificate made for it.
class Identity {
 public:
  /// A self-signed authority.
  static Identity authority(const std::string& name);
  /// A server's certificate for the DNS name `host`, and 127.0.0.1 when `host` is localhost.
  [[nodiscard]] Identity issue(const std::string& host, WallTime not_before,
                               WallTime not_after) const;
  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem() const;
  /// To the second, as a certificate holds it.
  [[nodiscard]] WallTime not_after() const { return not_after_; }
  [[nodiscard]] x509_st* certificate() const { return certificate_.get(); }
  [[nodiscard]] evp_pkey_st* key() const { return key_.get(); }

 private:
  std::shared_ptr<evp_pkey_st> key_;
  std::shared_ptr<x509_st> certificate_;
  WallTime not_after_;
};

}  // namespace holdfast::test
