// SPDX-License-Identifier: Apache-2.0
// An HTTP server of one test on loopback that keeps every request and answers each with one text.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tests/unit/checks/support/pg/listener.h"

namespace holdfast::test {

class Receiver {
 public:
  explicit Receiver(std::string answer)
      : answer_(std::move(answer)), listener_([this](const Guest& guest) { serve(guest); }) {}
  [[nodiscard]] std::string url(const std::string& path = "/hook") const {
    return "http://127.0.0.1:" + listener_.port() + path;
  }
  /// Whole requests, in their order.
  [[nodiscard]] std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  /// What it says from now on.
  void answer(std::string text) {
    const std::lock_guard lock(mutex_);
    answer_ = std::move(text);
  }

 private:
  void serve(const Guest& guest) {
    std::string request;
    while (!is_whole(request)) {
      const std::string more = guest.hear();
      if (more.empty()) break;
      request += more;
    }
    std::string answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      answer = answer_;
    }
    guest.say(answer);
  }
  static bool is_whole(const std::string& request) {
    const auto head = request.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    const auto length = request.find("Content-Length: ");
    if (length == std::string::npos) return true;
    return request.size() >= head + 4 + std::stoul(request.substr(length + 16));
  }

  std::mutex mutex_;
  std::string answer_;
  std::vector<std::string> requests_;
  Listener listener_;  // Last: its thread uses all of the above.
};

}  // namespace holdfast::test
