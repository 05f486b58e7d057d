// SPDX-License-Identifier: Apache-2.0
// Threads for runs: one per job, without a queue. An idle thread is reused, and ends after a while
// without work. Any thread may call. The destructor joins all threads, so a job must end by itself.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "checks/base/limits.h"

namespace holdfast {

class ThreadPool {
 public:
  /// Long enough that a check every 15 s keeps its thread.
  static constexpr Duration kIdleFor = std::chrono::seconds(30);

  /// Creates a thread or throws std::system_error, as tests do.
  using MakeThread = std::function<std::thread(std::function<void()>)>;

  explicit ThreadPool(
      Duration idle_for = kIdleFor,
      MakeThread make_thread =
          [](std::function<void()> body) { return std::thread(std::move(body)); })
      : idle_for_(idle_for), make_thread_(std::move(make_thread)) {}
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// Starts `job` at once on a thread of its own. False, and the job is dropped, when no thread can
  /// be created.
  [[nodiscard]] bool start(std::function<void()> job);
  /// Number of threads, idle ones included.
  [[nodiscard]] std::size_t threads() const;

 private:
  using Threads = std::list<std::thread>;
  void work(Threads::iterator self);
  void join_ended();

  const Duration idle_for_;
  const MakeThread make_thread_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;            // Idle threads wait here,
  std::condition_variable over_;            // the destructor here.
  std::deque<std::function<void()>> jobs_;  // Never longer than the number of idle threads.
  Threads threads_;
  Threads ended_;  // To be joined by the next `start`.
  std::size_t idle_ = 0;
  bool closing_ = false;
};

}  // namespace holdfast
