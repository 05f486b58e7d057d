// SPDX-License-Identifier: Apache-2.0
// Ends a blocking library call at its deadline: one keeper thread holds all armed cuts and calls
// shutdown() on the duplicated descriptor of each whose time is up, whose stop event fired, or
// whose peer sent more than we are willing to read. The reason comes from the cut, never from
// the library's exception.
// A Cut belongs to the thread that made it; the keeper is one a process and starts with the first.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "checks/support/io/deadline.h"

namespace holdfast {

/// Stands over one call. Armed by the constructor, disarmed by `disarm` or the destructor.
class Cut {
 public:
  /// Cuts `fd` (a connected socket) at the deadline or at its stop event; with `max_bytes` over
  /// 0 also when more than that many bytes have come in since now (looked at every few
  /// milliseconds, so a fast peer may send a little more).
  Cut(int fd, const Deadline& deadline, std::size_t max_bytes = 0);
  ~Cut() { disarm(); }
  Cut(const Cut&) = delete;
  Cut& operator=(const Cut&) = delete;

  /// After this the descriptor is left alone; `reason` no longer changes.
  void disarm();
  /// Why the socket was shut down: `timed_out`, `stopped` or `too_large`; empty: it was not.
  [[nodiscard]] std::optional<Reason> reason() const;

 private:
  friend class CutKeeper;
  enum class End : std::uint8_t { none, expired, stopped, too_large };

  Deadline deadline_;
  Deadline::Clock::time_point next_look_;
  int fd_;  // Our duplicate: the number cannot be reused under us.
  std::uint64_t byte_limit_ = 0;
  bool armed_ = false;
  std::atomic<End> end_ = End::none;
};

}  // namespace holdfast
