// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace holdfast {

HistoryLock::~HistoryLock() {
  if (fd_ >= 0) ::close(fd_);
}

HistoryLock::HistoryLock(HistoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

Result<HistoryLock> HistoryLock::take(const std::string& path) {
  const int fd = ::open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return HistoryLock();
  HistoryLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    return Error{Reason::busy, "history", "another Holdfast writes the history " + path, ""};
  return lock;
}

}  // namespace holdfast
