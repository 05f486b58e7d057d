// SPDX-License-Identifier: Apache-2.0
// Sends a report to a file, a webhook or a Telegram chat.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "checks/support/http/post.h"
#include "exporter/report/delivery.h"

namespace holdfast {
namespace {

Error failed(Reason reason, std::string text) { return {reason, "send", std::move(text), ""}; }

std::string type_of(const std::string& format) {
  if (format == "json") return "application/json";
  if (format == "html") return "text/html; charset=utf-8";
  if (format == "markdown") return "text/markdown; charset=utf-8";
  return "text/plain; charset=utf-8";
}

std::string filled(std::string path, const std::string& day) {
  constexpr std::string_view kDate = "{date}";
  for (std::size_t at = path.find(kDate); at != std::string::npos; at = path.find(kDate, at))
    path.replace(at, kDate.size(), day);
  return path;
}

/// Written to a temporary file and renamed, so that readers never see a partial file.
Result<Done> write_file(const std::string& path, const std::string& text) {
  const std::string temporary = path + ".new";
  const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (file < 0) return failed(Reason::no_right, "cannot write file " + path);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t got = ::write(file, text.data() + written, text.size() - written);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    written += static_cast<std::size_t>(got);
  }
  const bool is_complete = written == text.size() && ::fsync(file) == 0;
  ::close(file);
  if (is_complete && std::rename(temporary.c_str(), path.c_str()) == 0) return Done{};
  ::unlink(temporary.c_str());
  return failed(Reason::own_limit, "cannot write file " + path + " completely");
}

Result<Done> post(const std::string& text, const ReportTarget& target, const std::string& key,
                  Resolver& resolver, const Deadline& deadline) {
  const bool is_telegram = target.way == ReportTarget::Way::telegram;
  const auto url = target.url.read();
  if (!url) return url.error();
  const auto token = target.token.is_set() || is_telegram ? target.token.read() : std::string();
  if (!token) return token.error();
  // It becomes a part of the path, or of a header.
  const bool is_valid_token = std::ranges::none_of(*token, [&](char c) {
    return static_cast<unsigned char>(c) <= ' ' || (is_telegram && c == '/');
  });
  if (!is_valid_token || (is_telegram && token->empty()))
    return failed(Reason::no_secret,
                  is_telegram ? "the bot token is invalid" : "the bearer token is invalid");
  PostRequest request;
  request.ca_file = target.ca_file;
  request.content_type = type_of(is_telegram ? "json" : target.format);
  request.body = is_telegram ? telegram_message(target.chat, text) : text;
  if (!is_telegram) request.headers = {{"Idempotency-Key", key}};
  if (!is_telegram && target.token.is_set())
    request.headers.emplace_back("Authorization", "Bearer " + *token);
  std::string problem;
  const auto parsed =
      parse_post_url(is_telegram ? *url + "/bot" + *token + "/sendMessage" : *url, problem);
  if (!parsed) return failed(Reason::no_secret, "the URL " + problem);
  request.url = *parsed;
  const auto status = http_post(request, resolver, deadline);
  if (!status) return status.error();
  if (*status >= 200 && *status < 300) return Done{};
  // A redirect could send the token to another host.
  return failed(Reason::http_status,
                "HTTP status " + std::to_string(*status) +
                    (*status >= 300 && *status < 400 ? " (redirects are not followed)" : ""));
}

}  // namespace

Result<Done> send_report(const Report& report, const ReportTarget& target, const std::string& key,
                         const std::string& day, Resolver& resolver, const Deadline& deadline) {
  const std::string text = render_report(report, target.format);
  if (target.way != ReportTarget::Way::file) return post(text, target, key, resolver, deadline);
  return write_file(filled(target.file, day), text);
}

}  // namespace holdfast
