// SPDX-License-Identifier: Apache-2.0
// FNV-1a: a 64-bit digest that is the same in every build, unlike std::hash. Not cryptographic.
#pragma once

#include <cstdint>
#include <string_view>

namespace holdfast {

inline constexpr std::uint64_t kDigestSeed = 14695981039346656037U;

/// The digest of `text`; pass a previous result as `seed` to continue it.
[[nodiscard]] constexpr std::uint64_t digest_of(std::string_view text,
                                                std::uint64_t seed = kDigestSeed) {
  for (const char c : text) seed = (seed ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return seed;
}

}  // namespace holdfast
