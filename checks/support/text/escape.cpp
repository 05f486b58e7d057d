// SPDX-License-Identifier: Apache-2.0
#include "checks/support/text/escape.h"

#include <array>
#include <cstdio>
#include <map>

#include "checks/support/text/columns.h"

namespace holdfast {
namespace {

constexpr std::size_t kMaxHtmlColumns = 1000;
constexpr std::string_view kMarkdownSpecial = "\\`*_[]|~$";

/// Puts a backslash before each of `special`, and writes a line feed as "\n".
std::string escape_with_backslash(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string escape_html(std::string_view text) {
  static const std::map<char, std::string_view> kEntities{
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
  std::string out;
  for (const char c : printable(text, kMaxHtmlColumns)) {
    const auto entity = kEntities.find(c);
    out += entity == kEntities.end() ? std::string_view(&c, 1) : entity->second;
  }
  return out;
}

std::string escape_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ':' && (out.ends_with("http") || out.ends_with("https"))) {
      out += "&#58;";  // Most dialects turn a bare URL into a link.
    } else if (c == '<') {
      out += "&lt;";  // Some dialects accept no backslash before a tag or an entity.
    } else if (c == '&') {
      out += "&amp;";
    } else {
      if (kMarkdownSpecial.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

std::string quote_json(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(byte));
      out += code.data();
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + '"';
}

std::string quote_logfmt(std::string_view text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/+@";
  const bool is_plain = !text.empty() && text.find_first_not_of(kPlain) == std::string_view::npos;
  return is_plain ? std::string(text) : quote_json(text);
}

std::string escape_label(std::string_view text) { return escape_with_backslash(text, "\\\""); }
std::string escape_help(std::string_view text) { return escape_with_backslash(text, "\\"); }

std::string replace_all(std::string_view text, char what, std::string_view with) {
  std::string out;
  for (const char c : text) {
    if (c == what)
      out += with;
    else
      out += c;
  }
  return out;
}

}  // namespace holdfast
