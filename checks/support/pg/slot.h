// SPDX-License-Identifier: Apache-2.0
// A slot for one session at a server, held by one run at a time. After a statement was cut off, the
// slot stays in use until the server has certainly ended the statement. Any thread.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <system_error>

#include "checks/support/io/deadline.h"

namespace holdfast {

class PgSlot {
 public:
  using TimePoint = Deadline::Clock::time_point;

  PgSlot() : token_(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {
    if (token_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  ~PgSlot() { ::close(token_); }
  PgSlot(const PgSlot&) = delete;
  PgSlot& operator=(const PgSlot&) = delete;

  /// Waits for the slot and acquires it. Errors: `no_slot` (in use until the deadline), `stopped`.
  [[nodiscard]] Result<Done> take(const Deadline& deadline) {
    std::uint64_t token = 0;
    while (::read(token_, &token, sizeof token) != sizeof token)
      if (const auto seen = deadline.wait(token_, POLLIN); !seen) return refusal(seen.error());
    const TimePoint not_before = not_before_;
    if (not_before <= Deadline::Clock::now()) return Done{};
    // The server may still execute our last statement: wait for its end, or until the deadline.
    // There is no descriptor, so only time and the stop event end this wait.
    const auto waited = Deadline(std::min(not_before, deadline.at()), deadline.stop()).wait(-1, 0);
    if (waited.error().reason != Reason::stopped && not_before <= Deadline::Clock::now())
      return Done{};
    give_back(not_before);
    return refusal(waited.error());
  }

  /// Releases it; it can be acquired again from `not_before` on.
  void give_back(TimePoint not_before = {}) {
    not_before_ = not_before;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(token_, &one, sizeof one);
  }

 private:
  static Error refusal(const Error& wait) {
    return {wait.reason == Reason::timed_out ? Reason::no_slot : wait.reason, "lease"};
  }

  int token_;  // An eventfd as a binary semaphore, so that waiting is a poll.
  std::atomic<TimePoint> not_before_{};
};

}  // namespace holdfast
