// SPDX-License-Identifier: Apache-2.0
// The client of PM2 against a listener of our own, for failures that a real PM2 rarely shows.
#include "checks/support/pm2/rpc.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>

#include "checks/support/pm2/homes.h"
#include "tests/unit/checks/pm2/samples.h"

using namespace holdfast;
using pm2_test::framed;
using pm2_test::kCanary;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

namespace fs = std::filesystem;

// A temporary directory with a listening rpc.sock.
class Home {
 public:
  Home() {
    std::string pattern = (fs::temp_directory_path() / "holdfast-pm2-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()));
    path_ = pattern;
  }
  ~Home() {
    close_listener();
    fs::remove_all(path_);
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  void listen(int backlog = 8) {
    fd_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, socket_path().c_str());
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(fd_, backlog) == 0);
  }
  void close_listener() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  [[nodiscard]] std::string socket_path() const { return path_ + "/rpc.sock"; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  std::string path_;
  int fd_ = -1;
};

// Reads the requests of one client and answers each by `script`; an empty answer closes.
class Daemon {
 public:
  Daemon(Home& home, std::function<std::string(const std::string&)> script)
      : thread_([fd = home.fd(), script = std::move(script)] { serve(fd, script); }) {}
  ~Daemon() { thread_.join(); }

 private:
  static void serve(int listener, const std::function<std::string(const std::string&)>& script) {
    const int fd = ::accept(listener, nullptr, nullptr);
    char bytes[256];
    ssize_t got = 0;
    while ((got = ::recv(fd, bytes, sizeof bytes, 0)) > 0) {
      const std::string answer = script(std::string(bytes, static_cast<std::size_t>(got)));
      if (answer.empty()) break;
      if (::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
    }
    ::close(fd);
  }
  std::thread thread_;
};

Deadline in(std::chrono::nanoseconds time) { return Deadline(time, nullptr); }

Error error_of_asking(const std::function<std::string(const std::string&)>& script,
                      std::chrono::nanoseconds time = seconds(20)) {
  Home home;
  home.listen();
  Daemon daemon(home, script);
  auto connection = Pm2Connection::open(home.path());
  REQUIRE(connection);
  const auto answer = connection->request(Pm2Request::ping, in(time));
  REQUIRE_FALSE(answer);
  return answer.error();
}

}  // namespace

TEST_CASE("a home without a socket is absent, and one whose listener is gone is dead") {
  Home home;
  const auto absent = Pm2Connection::open(home.path());
  REQUIRE_FALSE(absent);
  CHECK(absent.error().reason == Reason::absent);
  CHECK(absent.error().phase == "connect");
  CHECK(Pm2Connection::open(home.path() + "/nowhere").error().reason == Reason::absent);
  home.listen();
  home.close_listener();
  CHECK(Pm2Connection::open(home.path()).error().reason == Reason::dead);
}

TEST_CASE("a listener with a full queue is reported as hung") {
  Home home;
  home.listen(0);
  std::vector<Pm2Connection> waiting;
  Reason reason = Reason::internal;
  for (int i = 0; i < 100; ++i) {
    auto connection = Pm2Connection::open(home.path());
    if (!connection) {
      reason = connection.error().reason;
      break;
    }
    waiting.push_back(*std::move(connection));
  }
  CHECK(reason == Reason::hung);
}

TEST_CASE("a socket behind a symbolic link is not followed") {
  Home real;
  Home home;
  real.listen();
  fs::create_symlink(real.socket_path(), home.socket_path());
  const auto refused = Pm2Connection::open(home.path());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().reason == Reason::no_right);
}

TEST_CASE("a path too long for a socket is an error, not truncated") {
  CHECK(Pm2Connection::open("/" + std::string(200, 'x')).error().reason == Reason::own_limit);
}

TEST_CASE("a directory without permission is no_right") {
  if (::geteuid() == 0) return;  // Root has access; the integration test drops its privileges.
  Home home;
  home.listen();
  fs::permissions(home.path(), fs::perms::none);
  CHECK(Pm2Connection::open(home.path()).error().reason == Reason::no_right);
  fs::permissions(home.path(), fs::perms::owner_all);
}

TEST_CASE("three requests are answered on one connection") {
  Home home;
  home.listen();
  Daemon daemon(home, [](const std::string& request) {
    if (request == bytes_of(Pm2Request::ping)) return framed(R"({"args":[{"msg":"pong"}]})", "s:1");
    if (request == bytes_of(Pm2Request::get_version)) return framed(R"({"args":["7.0.4"]})", "s:2");
    return framed(pm2_test::list_of(pm2_test::process("a", 0, "online")), "s:3");
  });
  {
    auto connection = Pm2Connection::open(home.path());
    REQUIRE(connection);
    CHECK(connection->daemon_pid() == ::getpid());
    CHECK(connection->request(Pm2Request::ping, in(seconds(20)))->reply.is_pong);
    CHECK(connection->request(Pm2Request::get_version, in(seconds(20)))->reply.version == "7.0.4");
    const auto list = connection->request(Pm2Request::get_monitor_data, in(seconds(20)));
    REQUIRE(list);
    CHECK(list->reply.processes->at(0).name == "a");
  }
}

TEST_CASE("each kind of bad reply has its own reason") {
  const std::string pong = framed(R"({"args":[{"msg":"pong"}]})", "s:1");
  const std::string canary(kCanary);
  CHECK(error_of_asking([](const auto&) { return std::string(); }).reason == Reason::closed);
  CHECK(error_of_asking([](const auto&) { return std::string("HTTP/1.1 400"); }).reason ==
        Reason::garbage);
  CHECK(error_of_asking([](const auto&) { return framed("{}", "s:3"); }).reason == Reason::garbage);
  CHECK(error_of_asking([](const auto&) { return std::string("\x12\x7f\xff\xff\xff"); }).reason ==
        Reason::too_large);
  const Error refused =
      error_of_asking([&](const auto&) { return framed(R"({"error":")" + canary + "\"}", "s:1"); });
  CHECK(refused.reason == Reason::query_failed);
  CHECK(refused.text.find(canary) == std::string::npos);
  const Error broken =
      error_of_asking([&](const auto&) { return framed(R"({"args":[")" + canary, "s:1"); });
  CHECK(broken.reason == Reason::garbage);
  CHECK(broken.text.find(canary) == std::string::npos);
}

TEST_CASE("an incomplete reply before a close is half_reply") {
  Home home;
  home.listen();
  const std::string pong = framed(R"({"args":[{"msg":"pong"}]})", "s:1");
  std::thread daemon([&] {
    const int fd = ::accept(home.fd(), nullptr, nullptr);
    char bytes[256];
    if (::recv(fd, bytes, sizeof bytes, 0) > 0) (void)!::send(fd, pong.data(), 20, MSG_NOSIGNAL);
    ::close(fd);
  });
  auto connection = Pm2Connection::open(home.path());
  REQUIRE(connection);
  const auto answer = connection->request(Pm2Request::ping, in(seconds(20)));
  daemon.join();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == Reason::half_reply);
}

TEST_CASE("a daemon that never answers is hung, a slow one timed_out, both by the deadline") {
  Home silent;
  silent.listen();  // The kernel accepts; no process reads.
  auto connection = Pm2Connection::open(silent.path());
  REQUIRE(connection);
  CHECK(connection->request(Pm2Request::ping, in(milliseconds(50))).error().reason == Reason::hung);

  Home dripping;
  dripping.listen();
  std::thread daemon([&] {
    const int fd = ::accept(dripping.fd(), nullptr, nullptr);
    // One byte whenever the client has read the last; never ends by itself.
    const std::string bytes = framed(std::string(1'000'000, ' '), "s:1");
    for (const char byte : bytes) {
      pollfd gone{fd, POLLIN | POLLRDHUP, 0};
      if (::poll(&gone, 1, 1) > 0 && (gone.revents & (POLLRDHUP | POLLHUP)) != 0) break;
      if (::send(fd, &byte, 1, MSG_NOSIGNAL) < 0) break;
    }
    ::close(fd);
  });
  {
    auto drip = Pm2Connection::open(dripping.path());
    REQUIRE(drip);
    CHECK(drip->request(Pm2Request::ping, in(seconds(2))).error().reason == Reason::timed_out);
  }
  daemon.join();
}

TEST_CASE("a stop ends the wait at once") {
  Home silent;
  silent.listen();
  StopEvent stop;
  stop.fire();
  auto connection = Pm2Connection::open(silent.path());
  REQUIRE(connection);
  CHECK(connection->request(Pm2Request::ping, Deadline(seconds(600), &stop)).error().reason ==
        Reason::stopped);
}

TEST_CASE("homes are found by the titles of their daemons, and forged titles are bounded") {
  Home proc;
  const auto process = [&](int pid, const std::string& title) {
    fs::create_directory(proc.path() + "/" + std::to_string(pid));
    std::ofstream(proc.path() + "/" + std::to_string(pid) + "/cmdline", std::ios::binary) << title;
  };
  process(10, std::string("PM2 v7.0.4: God Daemon (/root/.pm2)\0\0\0", 38));
  process(11, "PM2 v5.4.3: God Daemon (/home/eve/.pm2\nx)");
  process(12, "node server.js PM2 v7: God Daemon (/no)");
  process(13, "PM2 v7.0.4: God Daemon (relative)");
  process(14, "");
  process(15, "PM2 v7.0.4: God Daemon (/" + std::string(5000, 'x') + ")");
  fs::create_directory(proc.path() + "/self");
  CHECK(find_pm2_homes(proc.path()) ==
        std::vector<Pm2Home>{{11, "/home/eve/.pm2?x"}, {10, "/root/.pm2"}});
  for (int i = 100; i < 200; ++i)
    process(i, "PM2 v7.0.4: God Daemon (/h" + std::to_string(i) + ")");
  CHECK(find_pm2_homes(proc.path()).size() == kMaxPm2Homes);
  CHECK(find_pm2_homes(proc.path() + "/missing").empty());
  CHECK(is_same_home("/a/b", "/a/b/"));
  CHECK(is_same_home("/a/./b", "/a/b"));
  CHECK_FALSE(is_same_home("/a/b", "/a/c"));
}
