// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/utf8.h"

#include <array>

namespace holdfast {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kEllipsis = "…";

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

}  // namespace

Utf8Char decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1, true};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < size) return {};
  char32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return {};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  static constexpr std::array<char32_t, 5> kLeast{0, 0, 0x80, 0x800, 0x10000};
  const bool is_valid =
      code >= kLeast.at(size) && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
  return is_valid ? Utf8Char{code, size, true} : Utf8Char{};
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char next = decode_utf8(text);
    if (!next.is_valid) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  std::size_t end = max_bytes;
  while (end > 0 && is_continuation(text[end])) --end;
  return text.substr(0, end);
}

std::string truncate_utf8(std::string_view text, std::size_t max_bytes) {
  std::string out(utf8_prefix(text, max_bytes));
  return out.size() < text.size() ? out.append(kEllipsis) : out;
}

std::string plain_text(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty() && out.size() <= limit) {
    const Utf8Char next = decode_utf8(text);
    const bool is_control = next.code < 0x20 || next.code == 0x7F;
    out += !next.is_valid ? kReplacement : is_control ? " " : text.substr(0, next.size);
    text.remove_prefix(next.size);
  }
  if (out.size() <= limit) return out;
  const bool has_room = limit >= kEllipsis.size();
  return has_room ? truncate_utf8(out, limit - kEllipsis.size())
                  : std::string(utf8_prefix(out, limit));
}

}  // namespace holdfast
