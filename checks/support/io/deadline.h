// SPDX-License-Identifier: Apache-2.0
// A deadline and the only function that waits. A value, cheap to copy; the StopEvent outlives it.
// Always on the real steady clock: a test's clock cannot end a wait for the network.
#pragma once

#include <chrono>

#include "checks/base/result.h"

namespace holdfast {

/// An event that ends all waits of the process early: an eventfd that becomes and stays readable.
/// `fire` may be called from any thread and from a signal handler.
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
  /// Expires after `timeout`, or when `stop` fires (may be nullptr).
  Deadline(Clock::duration timeout, const StopEvent* stop);
  Deadline(Clock::time_point at, const StopEvent* stop) : at_(at), stop_(stop) {}

  /// This deadline or `share` from now, whichever is earlier: limits one phase of a run.
  [[nodiscard]] Deadline capped(Clock::duration share) const;
  [[nodiscard]] Clock::time_point at() const { return at_; }
  /// Never negative.
  [[nodiscard]] Clock::duration remaining() const;
  /// Why it is over: `stopped` or `timed_out`; empty before.
  [[nodiscard]] std::optional<Reason> ended() const;
  [[nodiscard]] bool is_over() const { return ended().has_value(); }
  [[nodiscard]] const StopEvent* stop() const { return stop_; }

  /// Waits until `fd` has one of `events` (POLLIN, POLLOUT), and returns those it has. Errors,
  /// without a phase: `timed_out`, also if `fd` is ready after the deadline; `stopped`.
  [[nodiscard]] Result<short> wait(int fd, short events) const;

 private:
  Clock::time_point at_;
  const StopEvent* stop_;
};

}  // namespace holdfast
