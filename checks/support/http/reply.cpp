// SPDX-License-Identifier: Apache-2.0
// Parses an HTTP/1.1 response strictly: a malformed one must not be mistaken for data.
#include <algorithm>
#include <charconv>

#include "checks/support/http/get.h"

namespace holdfast {
namespace {

using Step = std::optional<Result<std::string>>;

Step garbage(std::string text) { return Error{Reason::garbage, "read", std::move(text), ""}; }
Step more_or(bool ended, std::string text) {
  if (!ended) return std::nullopt;
  return Error{Reason::half_reply, "read", std::move(text), ""};
}

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    const auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return low(x) == low(y);
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<std::size_t> parse_size(std::string_view text, int base) {
  std::size_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

struct Head {
  int status = 0;
  std::optional<std::size_t> length;
  bool chunked = false;
};

std::optional<Head> parse_head(std::string_view text) {
  const auto status = parse_http_status(text);
  if (!status) return std::nullopt;
  Head head{.status = *status};
  text.remove_prefix(std::min(text.find("\r\n"), text.size() - 2) + 2);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\r\n"), text.size());
    const std::string_view field = text.substr(0, end);
    text.remove_prefix(std::min(end + 2, text.size()));
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    const std::string_view name = field.substr(0, colon);
    const std::string_view value = trimmed(field.substr(colon + 1));
    if (same_word(name, "Content-Length")) {
      const auto length = parse_size(value, 10);
      if (!length || (head.length && head.length != length)) return std::nullopt;
      head.length = length;
    } else if (same_word(name, "Transfer-Encoding")) {
      if (!same_word(value, "chunked")) return std::nullopt;
      head.chunked = true;
    } else if (same_word(name, "Content-Encoding") && !same_word(value, "identity")) {
      return std::nullopt;  // None was requested.
    }
  }
  return head;
}

Step parse_chunks(std::string_view bytes, bool ended) {
  const std::string half = "the response ended in the middle of a chunk";
  std::string body;
  for (;;) {
    const std::size_t end = bytes.find("\r\n");
    if (end == std::string_view::npos) return more_or(ended, half);
    const auto size = parse_size(trimmed(bytes.substr(0, std::min(bytes.find(';'), end))), 16);
    if (!size) return garbage("the response has a chunk without a size");
    if (*size > kMaxHttpBytes) return Error{Reason::too_large, "read", "", ""};
    bytes.remove_prefix(end + 2);
    if (*size == 0) return Result<std::string>(std::move(body));
    if (bytes.size() < *size + 2) return more_or(ended, half);
    body += bytes.substr(0, *size);
    if (bytes.substr(*size, 2) != "\r\n")
      return garbage("the response has a chunk of the wrong size");
    bytes.remove_prefix(*size + 2);
  }
}

}  // namespace

std::optional<int> parse_http_status(std::string_view bytes) {
  // "HTTP/1.1 200 OK"
  const std::string_view line = bytes.substr(0, bytes.find("\r\n"));
  if (!line.starts_with("HTTP/1.") || line.size() < 12 || line[8] != ' ') return std::nullopt;
  const auto status = parse_size(line.substr(9, 3), 10);
  if (!status || *status < 100 || *status > 599) return std::nullopt;
  return static_cast<int>(*status);
}

std::optional<Result<std::string>> parse_http_reply(std::string_view bytes, bool ended) {
  if (ended && bytes.empty()) return Error{Reason::closed, "read", "", ""};
  const std::size_t blank = bytes.find("\r\n\r\n");
  if (blank == std::string_view::npos) {
    if (!bytes.starts_with(std::string_view("HTTP/1.").substr(0, bytes.size())))
      return garbage("the response is not HTTP");
    if (bytes.size() > kMaxHttpHeadBytes)
      return Error{Reason::too_large, "read", "the response headers are larger than 16 KiB", ""};
    return more_or(ended, "the response ended within its headers");
  }
  const auto head = parse_head(bytes.substr(0, blank));
  if (!head) return garbage("the response headers cannot be parsed");
  if (head->status != 200) {
    return Error{Reason::http_status, "read",
                 "it answered with HTTP status " + std::to_string(head->status), ""};
  }
  const std::string_view rest = bytes.substr(blank + 4);
  if (head->chunked) return parse_chunks(rest, ended);
  if (!head->length) {  // The body ends with the connection.
    if (!ended) return std::nullopt;
    return Result<std::string>(std::string(rest));
  }
  if (*head->length > kMaxHttpBytes) return Error{Reason::too_large, "read", "", ""};
  if (rest.size() < *head->length)
    return more_or(ended, "the response is shorter than its Content-Length");
  return Result<std::string>(std::string(rest.substr(0, *head->length)));
}

}  // namespace holdfast
