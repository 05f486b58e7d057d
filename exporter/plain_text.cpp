// SPDX-License-Identifier: Apache-2.0
#include "exporter/plain_text.h"

namespace holdfast {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "\xE2\x80\xA6";

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
}

// Bytes of the well-formed character at `at`, or 0: the ranges of Unicode's table 3-7, which
// leaves out overlong forms and surrogates.
std::size_t character_length(std::string_view text, std::size_t at) {
  const unsigned lead = byte_at(text, at);
  const unsigned second = byte_at(text, at + 1);
  const auto follows = [&](std::size_t offset) {
    return (byte_at(text, at + offset) & 0xC0U) == 0x80U;
  };
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return follows(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool in_range = (lead != 0xE0 || second >= 0xA0) && (lead != 0xED || second <= 0x9F);
    return in_range && follows(1) && follows(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool in_range = (lead != 0xF0 || second >= 0x90) && (lead != 0xF4 || second <= 0x8F);
    return in_range && follows(1) && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

std::string plain_text(std::string_view text, std::size_t limit) {
  std::string out;
  std::size_t room_for_cut = 0;  // Length of `out` from which the ellipsis still fits.
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_length(text, at);
    const unsigned lead = byte_at(text, at);
    const bool is_control = length == 1 && (lead < 0x20 || lead == 0x7F);
    const std::string_view piece = length == 0  ? kReplacement
                                   : is_control ? std::string_view(" ")
                                                : text.substr(at, length);
    if (out.size() + piece.size() > limit) {
      out.resize(room_for_cut);
      return limit < kEllipsis.size() ? out : out.append(kEllipsis);
    }
    out.append(piece);
    if (out.size() + kEllipsis.size() <= limit) room_for_cut = out.size();
    at += length == 0 ? 1 : length;
  }
  return out;
}

}  // namespace holdfast
