// SPDX-License-Identifier: Apache-2.0
// A slot for one session at a server, held by one run at a time. After a statement was cut off, the
// slot stays in use until the server has certainly ended the statement. Any thread.
#pragma once

#include <atomic>

#include "checks/support/io/deadline.h"

namespace holdfast {

class PgSlot {
 public:
  PgSlot();
  ~PgSlot();
  PgSlot(const PgSlot&) = delete;
  PgSlot& operator=(const PgSlot&) = delete;

  /// Waits for the slot and acquires it. Errors: `no_slot` (in use until the deadline), `stopped`.
  [[nodiscard]] Result<Done> take(const Deadline& deadline);
  /// Releases it; it can be acquired again from `not_before` on.
  void give_back(Deadline::Clock::time_point not_before = {});

 private:
  int token_;  // An eventfd as a binary semaphore, so that waiting is a poll.
  std::atomic<Deadline::Clock::time_point> not_before_{};  // Of the lease before.
};

}  // namespace holdfast
