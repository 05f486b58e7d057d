// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/columns.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t code) {
  return std::ranges::any_of(
      ranges, [&](const Range& range) { return code >= range.first && code <= range.last; });
}

// Characters that move the cursor or turn the reading direction: a name must not repaint a line.
constexpr std::array<Range, 8> kHidden{{{0x00, 0x1F},
                                        {0x7F, 0x9F},
                                        {0x061C, 0x061C},
                                        {0x200B, 0x200F},
                                        {0x2028, 0x202E},
                                        {0x2060, 0x2069},
                                        {0xFEFF, 0xFEFF},
                                        {0xFFF9, 0xFFFB}}};
constexpr std::array<Range, 4> kCombining{
    {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}}};
constexpr std::array<Range, 8> kWide{{{0x1100, 0x115F},
                                      {0x2E80, 0xA4CF},
                                      {0xAC00, 0xD7A3},
                                      {0xF900, 0xFAFF},
                                      {0xFE30, 0xFE6F},
                                      {0xFF00, 0xFF60},
                                      {0x1F300, 0x1FAFF},
                                      {0x20000, 0x3FFFD}}};

std::size_t columns_of(char32_t code) {
  if (is_in(kCombining, code)) return 0;
  return is_in(kWide, code) ? 2 : 1;
}

std::string escape(const Utf8Char& at, unsigned char byte) {
  if (at.is_valid && at.code == '\n') return "\\n";
  if (at.is_valid && at.code == '\r') return "\\r";
  if (at.is_valid && at.code == '\t') return "\\t";
  std::array<char, 16> out{};
  const bool is_wide = at.is_valid && at.code > 0xFF;
  const unsigned code = at.is_valid ? static_cast<unsigned>(at.code) : byte;
  std::snprintf(out.data(), out.size(), is_wide ? "\\u%04x" : "\\x%02x", code);
  return out.data();
}

}  // namespace

std::string printable(std::string_view text, std::size_t max_columns) {
  std::string out;
  std::size_t columns = 0;
  std::size_t cut_at = 0;  // Where the "…" goes if the text turns out to be too long.
  while (!text.empty()) {
    const Utf8Char at = decode_utf8(text);
    const bool is_plain = at.is_valid && !is_in(kHidden, at.code);
    const std::string piece = is_plain ? std::string(text.substr(0, at.size))
                                       : escape(at, static_cast<unsigned char>(text[0]));
    const std::size_t wide = is_plain ? columns_of(at.code) : piece.size();
    if (columns + wide > max_columns) return out.substr(0, cut_at) + "…";
    out += piece;
    columns += wide;
    if (columns < max_columns) cut_at = out.size();
    text.remove_prefix(at.size);
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Utf8Char at = decode_utf8(text);
    columns += at.is_valid ? columns_of(at.code) : 1;
    text.remove_prefix(at.size);
  }
  return columns;
}

std::string pad_right(std::string text, std::size_t width) {
  const std::size_t have = width_of(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

std::string pad_left(const std::string& text, std::size_t width) {
  const std::size_t have = width_of(text);
  return have < width ? std::string(width - have, ' ') + text : text;
}

}  // namespace holdfast
