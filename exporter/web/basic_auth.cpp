// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/basic_auth.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <strings.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

namespace holdfast {
namespace {

/// Name, colon and password; bcrypt itself reads 72 bytes of the password.
constexpr std::size_t kMaxEncodedBytes = 1024;
/// Each waiting check holds a worker; the others must stay free for authenticated clients.
constexpr int kMaxWaiting = 3;

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kMaxEncodedBytes) return std::nullopt;
  std::vector<unsigned char> out(text.size());
  const auto* in = reinterpret_cast<const unsigned char*>(text.data());
  const int size = ::EVP_DecodeBlock(out.data(), in, static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  // The library counts the padding as content.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  return std::string(out.begin(), out.begin() + size - static_cast<std::ptrdiff_t>(padding));
}

/// The decoded credentials after "Basic ".
std::optional<std::string> read_credentials(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  if (authorization.size() <= kScheme.size() ||
      ::strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0)
    return std::nullopt;
  auto text = decode_base64(authorization.substr(kScheme.size()));
  // crypt() stops at a zero byte and would accept "secret\0anything" for "secret".
  if (!text || text->find('\0') != std::string::npos || text->find(':') == std::string::npos) {
    return std::nullopt;
  }
  return text;
}

bool matches(const std::string& password, const std::string& hash) {
  const auto workspace = std::make_unique<crypt_data>();  // 32 KiB: too much for a small stack.
  const char* made = ::crypt_r(password.c_str(), hash.c_str(), workspace.get());
  const bool same = made != nullptr && std::string_view(made).size() == hash.size() &&
                    ::CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  ::OPENSSL_cleanse(workspace.get(), sizeof *workspace);
  return same;
}

}  // namespace

BasicAuth::BasicAuth(std::map<std::string, std::string> users) : users_(std::move(users)) {
  if (::RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1) {
    throw std::runtime_error("no random numbers");
  }
}

BasicAuth::Digest BasicAuth::digest_of(std::string_view credentials) const {
  Digest digest{};
  unsigned size = 0;
  ::HMAC(::EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
         reinterpret_cast<const unsigned char*>(credentials.data()), credentials.size(),
         digest.data(), &size);
  return digest;
}

bool BasicAuth::is_remembered(const std::string& user, const Digest& digest) {
  const std::lock_guard lock(memory_mutex_);
  const auto found = remembered_.find(user);
  return found != remembered_.end() &&
         ::CRYPTO_memcmp(found->second.data(), digest.data(), digest.size()) == 0;
}

BasicAuth::Verdict BasicAuth::judge(std::string_view authorization) {
  const auto credentials = read_credentials(authorization);
  if (!credentials) return Verdict::bad;
  const auto colon = credentials->find(':');
  const auto user = credentials->substr(0, colon);
  const auto digest = digest_of(*credentials);
  if (is_remembered(user, digest)) return Verdict::good;
  if (++waiting_ > kMaxWaiting) {
    --waiting_;
    return Verdict::busy;
  }
  const auto verdict = check_hash(user, credentials->substr(colon + 1), digest);
  --waiting_;
  return verdict;
}

BasicAuth::Verdict BasicAuth::check_hash(const std::string& user, const std::string& password,
                                         const Digest& digest) {
  const std::lock_guard lock_hash(hash_mutex_);
  if (is_remembered(user, digest)) return Verdict::good;  // Checked while this one waited.
  const auto found = users_.find(user);
  // An unknown name takes as long as a wrong password, so that timing does not reveal names.
  const auto& hash = found != users_.end() ? found->second : users_.begin()->second;
  if (!matches(password, hash) || found == users_.end()) return Verdict::bad;
  const std::lock_guard lock(memory_mutex_);
  remembered_[user] = digest;
  return Verdict::good;
}

}  // namespace holdfast
