// SPDX-License-Identifier: Apache-2.0
// A raw HTTP client for tests of the server: it sends any bytes, valid or not, and reads under a
// generous deadline, so that a server that never answers fails a test instead of hanging it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace holdfast::web_test {

/// Bounds every wait of a test; far over what any of them takes.
inline constexpr auto kPatience = std::chrono::seconds(20);

enum class Family : std::uint8_t { v4, v6 };

struct Reply {
  int status = 0;  ///< 0: no response came.
  std::string head;
  std::string body;
  /// The value of a header, "" when it is not there; names without regard to case.
  [[nodiscard]] std::string header(std::string_view name) const;
  /// How often that header occurs.
  [[nodiscard]] int count(std::string_view name) const;
};

class Client {
 public:
  /// A socket that is not connected yet.
  explicit Client(Family family = Family::v4);
  /// Connects to a loopback port. `receive_buffer`: bytes, 0 for the system's own.
  explicit Client(int port, int receive_buffer = 0);
  ~Client();
  Client(Client&& other) noexcept
      : family_(other.family_), fd_(std::exchange(other.fd_, -1)), rest_(std::move(other.rest_)) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;

  /// Throws when the connection is refused.
  void connect(int port);
  /// False when the other side is gone.
  bool send(std::string_view bytes);
  void finish_sending();
  /// One response, by its Content-Length; `has_body` false after HEAD.
  [[nodiscard]] Reply read_reply(bool has_body = true);
  /// Whether the other side closes before the patience is over, whatever it sends till then.
  [[nodiscard]] bool is_closed();
  /// One request and its response.
  [[nodiscard]] Reply get(std::string_view path, std::string_view headers = {},
                          std::string_view method = "GET");
  [[nodiscard]] int fd() const { return fd_; }

 private:
  bool read_some();
  Family family_;
  int fd_;
  std::string rest_;
};

/// One request on a connection of its own.
[[nodiscard]] Reply fetch(int port, std::string_view path, std::string_view headers = {},
                          std::string_view method = "GET");
/// How many descriptors this process has open.
[[nodiscard]] std::size_t count_descriptors();
/// Looks again until `is_true` is, or the patience is over.
template <class Predicate>
[[nodiscard]] bool eventually(Predicate is_true);

}  // namespace holdfast::web_test

#include <thread>

template <class Predicate>
bool holdfast::web_test::eventually(Predicate is_true) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}
