// SPDX-License-Identifier: Apache-2.0
// The few threads that make pages. A request goes in, the bytes of its response come out; sockets
// are the poll thread's alone. The queue is bounded by the door's connections: each has at most
// one request in it. Public members: the poll thread; `answer` is called by the workers.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "exporter/web/head.h"
#include "exporter/web/page.h"

namespace holdfast {

class Workers {
 public:
  struct Job {
    std::uint64_t connection = 0;
    Framing request;
  };
  struct Reply {
    std::uint64_t connection = 0;
    std::string bytes;
    bool keep = false;
  };

  /// `wake` is called by a worker after each reply.
  Workers(std::size_t count, Answer answer, std::function<void()> wake);
  ~Workers();  ///< Waits for the answers in work; drops the others.
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void ask(Job job);
  [[nodiscard]] std::vector<Reply> take_replies();

 private:
  void work();
  [[nodiscard]] Reply answer_one(const Job& job) const;

  const Answer answer_;
  const std::function<void()> wake_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;        // Under mutex_.
  std::vector<Reply> replies_;  // Under mutex_.
  bool stopping_ = false;       // Under mutex_.
  std::vector<std::thread> threads_;
};

}  // namespace holdfast
