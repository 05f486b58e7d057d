// SPDX-License-Identifier: Apache-2.0
// The threads that render responses: a request goes in, the bytes of its response come out. The
// queue is bounded by the connections, each of which has at most one request in it. Public members:
// poll thread only; `answer` is called by the workers.
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
  ~Workers();  ///< Waits for requests in progress; drops the others.
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  void submit(Job job);
  [[nodiscard]] std::vector<Reply> take_replies();

 private:
  void work();
  [[nodiscard]] Reply handle(const Job& job) const;

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
