// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/postgres_url.h"

#include <algorithm>

namespace holdfast {
namespace {

// Longer than any real one.
constexpr std::size_t kMaxUrlBytes = 8192;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

/// Removes and returns the text before `mark`, or all of it when there is none.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return out;
}

constexpr const char* kBrokenEscape = "contains an invalid percent escape";

/// Removes "user:password@" from the front of the authority. The last @ counts: a password may
/// contain an unescaped one.
bool take_login(std::string_view& authority, PostgresUrl& out) {
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return true;
  std::string_view login = authority.substr(0, at);
  authority.remove_prefix(at + 1);
  const auto user = decode(take_until(login, ':'));
  const auto password = decode(login);
  if (!user || !password) return false;
  out.user = *user;
  out.password = *password;
  return true;
}

const char* take_host(std::string_view authority, PostgresUrl& out) {
  if (authority.find(',') != std::string_view::npos) return "names several hosts; name one";
  std::string_view host;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return "has an unclosed [";
    host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    if (authority.starts_with(':')) authority.remove_prefix(1);
  } else {
    host = take_until(authority, ':');
  }
  const auto decoded = decode(host);
  if (!decoded) return kBrokenEscape;
  out.host = *decoded;
  out.port = std::string(authority);
  return nullptr;
}

}  // namespace

Parsed<PostgresUrl> parse_postgres_url(std::string_view url) {
  const auto refuse = [](const char* why) { return Parsed<PostgresUrl>{std::nullopt, why}; };
  if (url.size() > kMaxUrlBytes) return refuse("is longer than 8,192 bytes");
  const std::size_t scheme = url.find("://");
  const std::string_view name = url.substr(0, std::min(scheme, url.size()));
  if (scheme == std::string_view::npos || (name != "postgres" && name != "postgresql"))
    return refuse("does not start with postgres:// or postgresql://");
  url.remove_prefix(scheme + 3);
  PostgresUrl out;
  std::string_view parameters;
  if (const std::size_t question = url.find('?'); question != std::string_view::npos) {
    parameters = url.substr(question + 1);
    url = url.substr(0, question);
  }
  // From the last @ on, since an unescaped password may hold a slash.
  const std::size_t at = url.rfind('@');
  const std::size_t slash = url.find('/', at == std::string_view::npos ? 0 : at);
  std::string_view authority = url.substr(0, std::min(slash, url.size()));
  const auto dbname = decode(slash < url.size() ? url.substr(slash + 1) : std::string_view());
  if (!dbname || !take_login(authority, out)) return refuse(kBrokenEscape);
  out.dbname = *dbname;
  if (const char* error = take_host(authority, out)) return refuse(error);
  while (!parameters.empty()) {
    std::string_view pair = take_until(parameters, '&');
    const std::string key(take_until(pair, '='));
    const auto value = decode(pair);
    if (!value) return refuse(kBrokenEscape);
    if (!key.empty()) out.parameters.emplace(key, *value);
  }
  return {out, {}};
}

}  // namespace holdfast
