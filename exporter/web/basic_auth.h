// SPDX-License-Identifier: Apache-2.0
// HTTP basic authentication against bcrypt hashes. A hash costs tens of milliseconds on purpose, so
// valid credentials are remembered as a keyed digest, and only one unknown pair is checked at a
// time. Any thread.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace holdfast {

class BasicAuth {
 public:
  /// `busy`: too many unknown credentials are waiting to be checked.
  enum class Verdict : std::uint8_t { good, bad, busy };

  explicit BasicAuth(std::map<std::string, std::string> users);
  /// Checks the value of an Authorization header; empty: none was sent.
  [[nodiscard]] Verdict judge(std::string_view authorization);

 private:
  using Digest = std::array<unsigned char, 32>;
  [[nodiscard]] Digest digest_of(std::string_view credentials) const;
  [[nodiscard]] bool is_remembered(const std::string& user, const Digest& digest);
  [[nodiscard]] Verdict check_hash(const std::string& user, const std::string& password,
                                   const Digest& digest);

  const std::map<std::string, std::string> users_;
  Digest key_{};  // Random, so that a digest found in memory reveals nothing.
  std::mutex memory_mutex_;
  std::map<std::string, Digest> remembered_;  // Under memory_mutex_; one per user.
  std::mutex hash_mutex_;                     // Held while a hash is computed.
  std::atomic<int> waiting_ = 0;
};

}  // namespace holdfast
