// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/thread_pool.h"

#include <system_error>

namespace holdfast {

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_all();
  while (true) {
    Threads last;
    {
      // A thread that ends moves itself from threads_ to ended_.
      const std::lock_guard lock(mutex_);
      if (!ended_.empty()) {
        last.splice(last.begin(), ended_, ended_.begin());
      } else if (threads_.empty()) {
        return;
      }
    }
    if (!last.empty()) {
      last.front().join();
      continue;
    }
    std::unique_lock lock(mutex_);
    over_.wait(lock, [&] { return !ended_.empty() || threads_.empty(); });
  }
}

bool ThreadPool::start(std::function<void()> job) {
  join_ended();
  {
    const std::lock_guard lock(mutex_);
    if (closing_) return false;
    jobs_.push_back(std::move(job));
    if (idle_ < jobs_.size()) {
      threads_.emplace_back();
      const auto self = std::prev(threads_.end());
      try {
        *self = make_thread_([this, self] { work(self); });
      } catch (const std::system_error&) {
        threads_.erase(self);
        jobs_.pop_back();
        return false;
      }
    }
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::join_ended() {
  Threads ended;
  {
    const std::lock_guard lock(mutex_);
    ended.splice(ended.begin(), ended_);
  }
  for (std::thread& thread : ended) thread.join();
}

std::size_t ThreadPool::threads() const {
  const std::lock_guard lock(mutex_);
  return threads_.size();
}

void ThreadPool::work(Threads::iterator self) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool woken = wake_.wait_for(lock, idle_for_, [&] { return !jobs_.empty() || closing_; });
    --idle_;
    if (!woken || jobs_.empty()) break;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
    lock.lock();
  }
  ended_.splice(ended_.begin(), threads_, self);
  over_.notify_all();
}

}  // namespace holdfast
