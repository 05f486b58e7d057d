// SPDX-License-Identifier: Apache-2.0
// An eventfd that wakes one thread again and again. (A StopEvent stays fired.) `fire`: any thread.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace holdfast {

class Event {
 public:
  Event() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~Event() { ::close(fd_); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  void fire() { ::eventfd_write(fd_, 1); }
  /// Whether it was fired since the last call.
  bool take() {
    eventfd_t count = 0;
    return ::eventfd_read(fd_, &count) == 0;
  }
  [[nodiscard]] int fd() const { return fd_; }  ///< Readable while fired.

 private:
  const int fd_;
};

}  // namespace holdfast
