// SPDX-License-Identifier: Apache-2.0
// The moment at which a wait must be over, and the one way to wait. A value, cheap to copy; the
// StopEvent it points to outlives it. Always the real steady clock: a stepped clock cannot end
// a wait for somebody else's network.
#pragma once

#include <chrono>

#include "checks/base/result.h"

namespace holdfast {

/// One event that ends every wait of the process (or of one test) early: an eventfd that becomes
/// readable for good. `fire` may be called from any thread, also from a signal handler.
class StopEvent {
 public:
  StopEvent();
  ~StopEvent();
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  void fire() noexcept;
  [[nodiscard]] bool fired() const;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  /// Over after `timeout`, or when `stop` fires (may be nullptr).
  Deadline(Clock::duration timeout, const StopEvent* stop);
  Deadline(Clock::time_point at, const StopEvent* stop) : at_(at), stop_(stop) {}

  /// The same or an earlier deadline: at most `share` from now, so that one phase cannot eat
  /// the time of the next unnoticed.
  [[nodiscard]] Deadline capped(Clock::duration share) const;
  [[nodiscard]] Clock::time_point at() const { return at_; }
  /// Never negative.
  [[nodiscard]] Clock::duration remaining() const;
  [[nodiscard]] bool is_over() const;
  [[nodiscard]] const StopEvent* stop() const { return stop_; }

  /// Waits until `fd` shows one of `events` (POLLIN, POLLOUT), and gives the events seen. Errors:
  /// `timed_out`, also of a descriptor that is ready after the deadline; `stopped` (phase left to
  /// the caller).
  [[nodiscard]] Result<short> wait(int fd, short events) const;

 private:
  Clock::time_point at_;
  const StopEvent* stop_;
};

}  // namespace holdfast
