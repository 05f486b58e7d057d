// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/deadline.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <system_error>

namespace holdfast {

StopEvent::StopEvent() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

StopEvent::~StopEvent() { ::close(fd_); }

void StopEvent::fire() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fd_, &one, sizeof one);
}

bool StopEvent::fired() const {
  pollfd entry{fd_, POLLIN, 0};
  return ::poll(&entry, 1, 0) == 1;
}

Deadline::Deadline(Clock::duration timeout, const StopEvent* stop)
    : at_(Clock::now() + timeout), stop_(stop) {}

Deadline Deadline::capped(Clock::duration share) const {
  return Deadline(std::min(at_, Clock::now() + share), stop_);
}

Deadline::Clock::duration Deadline::remaining() const {
  return std::max(at_ - Clock::now(), Clock::duration::zero());
}

std::optional<Reason> Deadline::ended() const {
  if (stop_ && stop_->fired()) return Reason::stopped;
  if (remaining().count() == 0) return Reason::timed_out;
  return std::nullopt;
}

Result<short> Deadline::wait(int fd, short events) const {
  std::array<pollfd, 2> entries{{{fd, events, 0}, {stop_ ? stop_->fd() : -1, POLLIN, 0}}};
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(remaining()).count();
    const timespec patience{left / 1'000'000'000, left % 1'000'000'000};
    const int seen = ::ppoll(entries.data(), entries.size(), &patience, nullptr);
    if (seen < 0 && errno == EINTR) continue;
    if (seen < 0) return Error{Reason::internal, "", "poll failed", ""};
    if (entries[1].revents != 0) return Error{Reason::stopped, "", "", ""};
    // Also if `fd` is ready: a peer that sends continuously must not extend the deadline.
    if (left == 0) return Error{Reason::timed_out, "", "", ""};
    if (entries[0].revents != 0) return entries[0].revents;
  }
}

}  // namespace holdfast
