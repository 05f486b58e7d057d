// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/web/client.h"

#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <stdexcept>

namespace holdfast::web_test {

namespace {

template <class Visit>
void each_header(const std::string& head, std::string_view name, Visit visit) {
  for (auto at = head.find("\r\n"); at != std::string::npos; at = head.find("\r\n", at + 2)) {
    const auto line = std::string_view(head).substr(at + 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    if (::strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    visit(line.substr(name.size() + 2, line.find("\r\n") - name.size() - 2));
  }
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  std::string value;
  each_header(head, name, [&](std::string_view found) { value = found; });
  return value;
}

int Reply::count(std::string_view name) const {
  int times = 0;
  each_header(head, name, [&](std::string_view) { ++times; });
  return times;
}

Client::Client(Family family)
    : family_(family),
      fd_(::socket(family == Family::v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{std::chrono::seconds(kPatience).count(), 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

Client::Client(int port, int receive_buffer) : Client(Family::v4) {
  if (receive_buffer > 0) {
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  }
  connect(port);
}

void Client::connect(int port) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(static_cast<std::uint16_t>(port));
  v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = v4.sin_port;
  v6.sin6_addr = in6addr_loopback;
  const int failed = family_ == Family::v6
                         ? ::connect(fd_, reinterpret_cast<sockaddr*>(&v6), sizeof v6)
                         : ::connect(fd_, reinterpret_cast<sockaddr*>(&v4), sizeof v4);
  if (failed != 0) throw std::runtime_error("the test cannot connect to the server");
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Client::finish_sending() { ::shutdown(fd_, SHUT_WR); }

bool Client::read_some() {
  std::array<char, 64 * 1024> buffer;
  const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  rest_.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

Reply Client::read_reply(bool has_body) {
  auto end = rest_.find("\r\n\r\n");
  while (end == std::string::npos) {
    if (!read_some()) return {};
    end = rest_.find("\r\n\r\n");
  }
  Reply reply;
  reply.head = rest_.substr(0, end + 2);
  reply.status = std::stoi(reply.head.substr(9, 3));
  rest_.erase(0, end + 4);
  const auto length = reply.header("Content-Length");
  const auto size = has_body && !length.empty() ? std::stoul(length) : 0;
  while (rest_.size() < size) {
    if (!read_some()) return {};
  }
  reply.body = rest_.substr(0, size);
  rest_.erase(0, size);
  return reply;
}

bool Client::is_closed() {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (read_some()) rest_.clear();
  return std::chrono::steady_clock::now() < end;
}

Reply Client::get(std::string_view path, std::string_view headers, std::string_view method) {
  std::string request(method);
  request.append(" ").append(path).append(" HTTP/1.1\r\nHost: test\r\n").append(headers);
  if (!send(request + "\r\n")) return {};
  return read_reply(method != "HEAD");
}

Reply fetch(int port, std::string_view path, std::string_view headers, std::string_view method) {
  return Client(port).get(path, headers, method);
}

std::size_t count_descriptors() {
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    ++count;
  }
  return count;
}

}  // namespace holdfast::web_test
