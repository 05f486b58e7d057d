// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/send.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "checks/support/http/post.h"

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

/// Whether the token is valid in an HTTP header.
bool is_valid_token(const std::string& token) {
  return std::ranges::none_of(token, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

Result<Done> post(PostRequest request, const std::string& url, Resolver& resolver,
                  const Deadline& deadline) {
  std::string problem;
  const auto parsed = parse_post_url(url, problem);
  if (!parsed) return failed(Reason::no_secret, "the URL " + problem);
  request.url = *parsed;
  const auto status = http_post(request, resolver, deadline);
  if (!status) return status.error();
  if (*status >= 200 && *status < 300) return Done{};
  std::string text = "HTTP status " + std::to_string(*status);
  // A redirect could send the token to another host.
  if (*status >= 300 && *status < 400) text += " (redirects are not followed)";
  return failed(Reason::http_status, text);
}

Result<Done> send_webhook(const std::string& body, const ReportTarget& target,
                          const std::string& key, Resolver& resolver, const Deadline& deadline) {
  const auto url = target.url.read();
  if (!url) return url.error();
  PostRequest request{.content_type = type_of(target.format), .body = body};
  request.ca_file = target.ca_file;
  request.headers = {{"Idempotency-Key", key}};
  if (target.token.is_set()) {
    const auto token = target.token.read();
    if (!token) return token.error();
    if (!is_valid_token(*token)) return failed(Reason::no_secret, "the bearer token is invalid");
    request.headers.emplace_back("Authorization", "Bearer " + *token);
  }
  return post(std::move(request), *url, resolver, deadline);
}

Result<Done> send_telegram(const std::string& text, const ReportTarget& target, Resolver& resolver,
                           const Deadline& deadline) {
  const auto token = target.token.read();
  if (!token) return token.error();
  if (token->empty() || !is_valid_token(*token) || token->find('/') != std::string::npos)
    return failed(Reason::no_secret, "the bot token is invalid");
  const auto api = target.url.read();
  if (!api) return api.error();
  PostRequest request{.content_type = "application/json",
                      .body = telegram_message(target.chat, text)};
  request.ca_file = target.ca_file;
  return post(std::move(request), *api + "/bot" + *token + "/sendMessage", resolver, deadline);
}

}  // namespace

std::string render_report(const Report& report, const std::string& format) {
  if (format == "html") return render_report_html(report);
  if (format == "markdown") return render_report_markdown(report);
  return format == "json" ? render_report_json(report) : render_report_text(report, false);
}

Result<Done> send_report(const Report& report, const ReportTarget& target, const std::string& key,
                         const std::string& day, Resolver& resolver, const Deadline& deadline) {
  const std::string text = render_report(report, target.format);
  switch (target.way) {
    case ReportTarget::Way::webhook:
      return send_webhook(text, target, key, resolver, deadline);
    case ReportTarget::Way::telegram:
      return send_telegram(text, target, resolver, deadline);
    case ReportTarget::Way::file:
      break;
  }
  return write_file(filled(target.file, day), text);
}

}  // namespace holdfast
