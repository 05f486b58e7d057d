// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/workers.h"

#include "exporter/web/message.h"

namespace holdfast {

Workers::Workers(std::size_t count, Answer answer, std::function<void()> wake)
    : answer_(std::move(answer)), wake_(std::move(wake)) {
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    jobs_.clear();
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Workers::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

std::vector<Workers::Reply> Workers::take_replies() {
  const std::lock_guard lock(mutex_);
  return std::exchange(replies_, {});
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
    if (stopping_) return;
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    auto reply = handle(job);
    lock.lock();
    replies_.push_back(std::move(reply));
    lock.unlock();
    wake_();
    lock.lock();
  }
}

Workers::Reply Workers::handle(const Job& job) const {
  const auto& request = job.request;
  if (request.state == Framing::State::refused) {
    return {job.connection, render_refusal(request.refusal), false};
  }
  return {job.connection, render_response(request.head, answer_), request.head.keep_alive};
}

}  // namespace holdfast
