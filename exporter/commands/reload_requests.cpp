// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/reload_requests.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace holdfast {

ReloadRequests::ReloadRequests() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

ReloadRequests::~ReloadRequests() { ::close(fd_); }

bool ReloadRequests::request(Duration patience) {
  std::unique_lock lock(mutex_);
  const std::uint64_t mine = ++requested_;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
  return done_.wait_for(lock, patience, [&] { return served_ >= mine; }) && last_answer_;
}

void ReloadRequests::serve(const std::function<bool()>& reload) {
  std::uint64_t count = 0;
  if (::read(fd_, &count, sizeof count) != sizeof count) return;
  std::uint64_t up_to = 0;
  {
    const std::lock_guard lock(mutex_);
    up_to = requested_;
  }
  const bool answer = reload();
  {
    const std::lock_guard lock(mutex_);
    served_ = up_to;
    last_answer_ = answer;
  }
  done_.notify_all();
}

}  // namespace holdfast
