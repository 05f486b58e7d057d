// SPDX-License-Identifier: Apache-2.0
// The HTTP GET: how it parses responses, and that it ends whatever the server does.
#include "checks/support/http/get.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "tests/unit/checks/support/pg/fake_session.h"

using namespace holdfast;

namespace {

/// A listener on a free port of 127.0.0.1 that serves one client by `serve` and then closes.
class OneClient {
 public:
  explicit OneClient(std::function<void(int)> serve) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, 1) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, serve = std::move(serve)] {
      const int client = ::accept(fd_, nullptr, nullptr);
      if (client < 0) return;
      serve(client);
      ::close(client);
    });
  }
  ~OneClient() {
    ::shutdown(fd_, SHUT_RDWR);
    thread_.join();
    ::close(fd_);
  }
  OneClient(const OneClient&) = delete;
  OneClient& operator=(const OneClient&) = delete;

  Result<std::string> get(std::chrono::milliseconds timeout = std::chrono::seconds(30),
                          std::string_view bearer = "") const {
    std::string fault;
    const auto url = parse_http_url("http://127.0.0.1:" + std::to_string(port_) + "/p?q", fault);
    REQUIRE(url);
    holdfast::testing::NoResolver resolver;
    return http_get(*url, bearer, resolver, Deadline(timeout, nullptr));
  }

 private:
  int fd_;
  int port_ = 0;
  std::thread thread_;
};

std::string read_request(int client) {
  std::string request;
  char c = 0;
  while (!request.ends_with("\r\n\r\n") && ::recv(client, &c, 1, 0) == 1) request += c;
  return request;
}

void send_text(int client, const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// Waits until the client has disconnected.
void wait_for_close(int client) {
  char c = 0;
  while (::recv(client, &c, 1, 0) > 0) continue;
}

}  // namespace

TEST_CASE("a URL is parsed, with IPv6 and without a port") {
  struct Row {
    const char* url;
    const char *host, *port, *target, *authority;
  };
  for (const Row& row :
       {Row{"http://localhost", "localhost", "80", "/", "localhost"},
        Row{"http://a:81/x/y?z#f", "a", "81", "/x/y?z", "a:81"},
        Row{"http://[::1]:82/", "::1", "82", "/", "[::1]:82"},
        Row{"http://[::1]", "::1", "80", "/", "[::1]"}, Row{"http://a?q", "a", "80", "/?q", "a"}}) {
    CAPTURE(row.url);
    std::string fault;
    const auto url = parse_http_url(row.url, fault);
    REQUIRE(url);
    CHECK(url->host == row.host);
    CHECK(url->port == row.port);
    CHECK(url->target == row.target);
    CHECK(url->authority == row.authority);
  }
}

TEST_CASE("a response is complete, incomplete or invalid") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  struct Row {
    std::string bytes;
    bool ended;
    std::string is;  // "=body", "more", or the reason.
  };
  for (const Row& row : {
           Row{ok + "Content-Length: 2\r\n\r\n{}", false, "={}"},
           Row{ok + "content-length:2\r\n\r\n{}rest", false, "={}"},
           Row{ok + "Content-Length: 3\r\n\r\n{}", false, "more"},
           Row{ok + "Content-Length: 3\r\n\r\n{}", true, "half_reply"},
           Row{ok + "Content-Length: -3\r\n\r\n{}", true, "garbage"},
           Row{ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", true, "garbage"},
           Row{ok + "Content-Length: 99999999\r\n\r\n", false, "too_large"},
           Row{ok + "\r\n{}", false, "more"},
           Row{ok + "\r\n{}", true, "={}"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x\r\n}\r\n0\r\n\r\n", false,
               "={}"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n{}", false, "more"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n{}", true, "half_reply"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}", true, "garbage"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n", true, "garbage"},
           Row{ok + "Transfer-Encoding: chunked\r\n\r\nffffffff\r\n", false, "too_large"},
           Row{ok + "Transfer-Encoding: gzip\r\n\r\n", true, "garbage"},
           Row{ok + "Content-Encoding: gzip\r\n\r\n", true, "garbage"},
           Row{ok + "no colon\r\n\r\n{}", true, "garbage"},
           Row{"HTTP/1.1 301 Moved\r\nLocation: http://x/\r\n\r\n", true, "http_status"},
           Row{"HTTP/1.1 503 no\r\n\r\n", true, "http_status"},
           Row{"HTTP/1.1 999999 no\r\n\r\n", true, "garbage"},
           Row{"HTTP", false, "more"},
           Row{"HTTP", true, "half_reply"},
           Row{"SSH-2.0-x\r\n", false, "garbage"},
           Row{"HTTP/1.1 200 OK\r\n" + std::string(20'000, 'x'), false, "too_large"},
           Row{"", true, "closed"},
           Row{"", false, "more"},
       }) {
    CAPTURE(row.bytes.substr(0, 80));
    CAPTURE(row.ended);
    const auto step = parse_http_reply(row.bytes, row.ended);
    std::string is = "more";
    if (step) is = *step ? "=" + **step : std::string(name_of(step->error().reason));
    CHECK(is == row.is);
  }
}

TEST_CASE("one request is sent with the token in its header, and the body is returned") {
  std::string request;
  {
    OneClient server([&](int client) {
      request = read_request(client);
      send_text(client, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
      wait_for_close(client);
    });
    const auto body = server.get(std::chrono::seconds(30), "canary-token");
    REQUIRE(body);
    CHECK(*body == "{}");
  }
  CHECK(request.starts_with("GET /p?q HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(request.find("\r\nAuthorization: Bearer canary-token\r\n") != std::string::npos);
}

TEST_CASE("a server that never answers, sends slowly or sends too much is cut off") {
  const auto reason = [](const Result<std::string>& answer) {
    REQUIRE_FALSE(answer);
    return name_of(answer.error().reason);
  };
  OneClient silent([](int client) { wait_for_close(client); });
  CHECK(reason(silent.get(std::chrono::milliseconds(100))) == "timed_out");
  OneClient drip([](int client) {
    send_text(client, "HTTP/1.1 200 OK\r\nX-Slow: ");
    pollfd gone{client, POLLRDHUP, 0};
    // Each wait ends at once when the client has disconnected.
    while (::poll(&gone, 1, 20) == 0) send_text(client, "H");
  });
  CHECK(reason(drip.get(std::chrono::milliseconds(200))) == "timed_out");
  OneClient flood([](int client) {
    read_request(client);
    send_text(client, "HTTP/1.1 200 OK\r\n\r\n" + std::string(3 * kMaxHttpBytes, 'x'));
  });
  CHECK(reason(flood.get()) == "too_large");
  OneClient rude([](int) {});
  CHECK(reason(rude.get()) == "closed");
}

TEST_CASE("a port without a listener is refused") {
  int port = 0;
  {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    ::close(fd);
  }
  std::string fault;
  const auto url = parse_http_url("http://127.0.0.1:" + std::to_string(port), fault);
  holdfast::testing::NoResolver resolver;
  const auto answer = http_get(*url, "", resolver, Deadline(std::chrono::seconds(30), nullptr));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == Reason::refused);
}
