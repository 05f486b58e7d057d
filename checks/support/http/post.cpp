// SPDX-License-Identifier: Apache-2.0
#include "checks/support/http/post.h"

#include <array>

#include "checks/support/http/tls_stream.h"
#include "checks/support/io/socket.h"

namespace holdfast {
namespace {

/// The request line and the headers of both methods, without the final empty line.
std::string head_of(std::string_view method, const PostUrl& url) {
  return std::string(method) + " " + url.parts.target +
         " HTTP/1.1\r\nHost: " + url.parts.authority +
         "\r\nUser-Agent: holdfast\r\nAccept: */*\r\nConnection: close\r\n";
}

std::string bytes_of(const PostRequest& request) {
  std::string out = head_of("POST", request.url) + "Content-Type: " + request.content_type +
                    "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  for (const auto& [name, value] : request.headers)
    out.append(name).append(": ").append(value).append("\r\n");
  return out + "\r\n" + request.body;
}

/// The status, once the head is complete; empty while it is not.
std::optional<Result<int>> parse_status(std::string_view bytes, bool ended) {
  const auto error = [](Reason reason) { return Error{reason, "read", "", ""}; };
  if (bytes.find("\r\n\r\n") == std::string_view::npos) {
    if (bytes.size() > kMaxHttpHeadBytes) return error(Reason::too_large);
    if (!ended) return std::nullopt;
    return error(bytes.empty() ? Reason::closed : Reason::half_reply);
  }
  const auto status = parse_http_status(bytes);
  return status ? Result<int>(*status) : Result<int>(error(Reason::garbage));
}

/// `receive` returns the number of bytes read, 0 at the end.
template <class Receive>
Result<int> read_status(const Receive& receive) {
  std::string reply;
  std::array<char, 4096> block;  // NOLINT(*-member-init): written by receive.
  for (;;) {
    const Result<std::size_t> got = receive(block.data(), block.size());
    if (!got) return got.error();
    reply.append(block.data(), *got);
    if (auto done = parse_status(reply, *got == 0)) return *std::move(done);
  }
}

/// The status of the response to the request `bytes`.
Result<int> status_of(const PostUrl& url, const std::string& bytes, const std::string& ca_file,
                      Resolver& resolver, const Deadline& deadline) {
  const auto socket = dial_tcp(url.parts.host, url.parts.port, resolver, deadline);
  if (!socket) return socket.error();
  if (!url.is_https) {
    if (auto error = send_all(socket->fd(), bytes, deadline)) return *error;
    return read_status(
        [&](char* to, std::size_t size) { return receive_some(socket->fd(), to, size, deadline); });
  }
  const auto stream = open_tls_stream(socket->fd(), url.parts.host, ca_file, deadline);
  if (!stream) return stream.error();
  if (auto error = (*stream)->send(bytes, deadline)) return *error;
  return read_status(
      [&](char* to, std::size_t size) { return (*stream)->receive(to, size, deadline); });
}

}  // namespace

std::optional<PostUrl> parse_post_url(std::string_view url, std::string& fault) {
  PostUrl out;
  constexpr std::string_view kSecure = "https://";
  out.is_https = url.starts_with(kSecure);
  std::string plain(url);
  if (out.is_https) plain = "http://" + std::string(url.substr(kSecure.size()));
  const auto parts = parse_http_url(plain, fault);
  if (!parts) {
    if (fault == "must begin with http://") fault = "must begin with https:// or http://";
    return std::nullopt;
  }
  out.parts = *parts;
  const bool names_port = parts->authority.ends_with(":" + parts->port);
  if (out.is_https && !names_port) out.parts.port = "443";
  return out;
}

Result<int> http_post(const PostRequest& request, Resolver& resolver, const Deadline& deadline) {
  return status_of(request.url, bytes_of(request), request.ca_file, resolver, deadline);
}

Result<int> http_ping(const PostUrl& url, const std::string& ca_file, Resolver& resolver,
                      const Deadline& deadline) {
  return status_of(url, head_of("GET", url) + "\r\n", ca_file, resolver, deadline);
}

}  // namespace holdfast
