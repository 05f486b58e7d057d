// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/head.h"

#include <algorithm>
#include <charconv>

namespace holdfast {
namespace {

constexpr int kBadRequest = 400;
constexpr int kTooLargeBody = 413;
constexpr int kTooLongTarget = 414;
constexpr int kExpectationFailed = 417;
constexpr int kTooLargeHead = 431;
constexpr int kNotImplemented = 501;
constexpr int kWrongVersion = 505;

bool is_token_char(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return alphanumeric || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Visible characters, blanks and bytes above ASCII; no control character.
bool is_field_text(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 0x7f);
  });
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// 0, or the HTTP status to reject with. "GET /metrics HTTP/1.1"
int read_request_line(std::string_view line, RequestHead& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return kBadRequest;
  const auto method = line.substr(0, first);
  const auto target = line.substr(first + 1, last - first - 1);
  const auto version = line.substr(last + 1);
  if (!is_token(method)) return kBadRequest;
  if (!version.starts_with("HTTP/")) return kBadRequest;
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return kWrongVersion;
  const bool printable =
      std::all_of(target.begin(), target.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!target.starts_with('/') || !printable) return kBadRequest;
  if (target.size() > kMaxTargetBytes) return kTooLongTarget;
  head.method = method;
  head.target = target;
  head.keep_alive = version == "HTTP/1.1";
  return 0;
}

/// 0, or the HTTP status to reject with. "Accept: text/plain"
int read_header_line(std::string_view line, RequestHead& head) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return kBadRequest;
  // A blank before the colon or at the start of the line (a folded header) is not a token.
  if (!is_token(line.substr(0, colon)) || !is_field_text(line)) return kBadRequest;
  const auto name = lowered(line.substr(0, colon));
  const auto value = trimmed(line.substr(colon + 1));
  const auto [entry, is_new] = head.headers.try_emplace(name, value);
  if (is_new) return 0;
  // Parsers differ on which of two lengths or hosts counts.
  if (name == "content-length" || name == "host" || name == "authorization") return kBadRequest;
  entry->second.append(", ").append(value);
  return 0;
}

/// Reads body length and keep-alive from the headers; 0, or the HTTP status to reject with.
int read_framing_headers(RequestHead& head, bool is_http_1_1) {
  const auto& headers = head.headers;
  if (is_http_1_1 && !headers.contains("host")) return kBadRequest;
  const auto length = headers.find("content-length");
  if (headers.contains("transfer-encoding")) {
    return length != headers.end() ? kBadRequest : kNotImplemented;
  }
  if (headers.contains("expect")) return kExpectationFailed;
  if (length != headers.end()) {
    const auto& text = length->second;
    const char* text_end = text.data() + text.size();
    const auto [end, code] = std::from_chars(text.data(), text_end, head.body_bytes);
    if (text.empty() || end != text_end) return kBadRequest;
    if (code != std::errc{} || head.body_bytes > kMaxBodyBytes) return kTooLargeBody;
  }
  // HTTP/1.0 clients are not kept alive: they would need a Keep-Alive header.
  const auto connection = headers.find("connection");
  const bool wants_close =
      connection != headers.end() && lowered(connection->second).find("close") != std::string::npos;
  head.keep_alive = is_http_1_1 && !wants_close;
  return 0;
}

/// Reads a complete head, without the empty line at its end; 0, or the HTTP status to reject with.
int read_head(std::string_view text, RequestHead& head) {
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    const int refusal = lines == 0 ? read_request_line(line, head) : read_header_line(line, head);
    if (refusal != 0) return refusal;
    if (++lines > kMaxHeaderLines) return kTooLargeHead;
  }
  return read_framing_headers(head, head.keep_alive);
}

/// Whether a line ends in a bare line feed, which only some parsers accept as a line end.
bool has_bare_line_feed(std::string_view text) {
  for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') return true;
  }
  return false;
}

Framing refused(int status) {
  Framing framing;
  framing.is_done = true;
  framing.refusal = status;
  framing.head.keep_alive = false;
  return framing;
}

}  // namespace

Framing frame_request(std::string_view bytes) {
  const auto start = bytes.substr(0, kMaxHeadBytes);
  const auto end = start.find("\r\n\r\n");
  // Anything but a request is rejected at its first bytes, not at the timeout.
  if (!bytes.empty() && !is_token_char(bytes.front())) return refused(kBadRequest);
  if (has_bare_line_feed(start.substr(0, end))) return refused(kBadRequest);
  if (end == std::string_view::npos) {
    if (bytes.size() >= kMaxHeadBytes) return refused(kTooLargeHead);
    return {};
  }
  Framing framing;
  const int refusal = read_head(start.substr(0, end + 2), framing.head);
  if (refusal != 0) return refused(refusal);
  framing.size = end + 4 + framing.head.body_bytes;
  framing.is_done = bytes.size() >= framing.size;
  return framing;
}

}  // namespace holdfast
