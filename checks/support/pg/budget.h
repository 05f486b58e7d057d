// SPDX-License-Identifier: Apache-2.0
// One place at a server, held by one run at a time: waiting for it counts against the waiter's
// deadline, and after a statement that was cut it stays taken until the server has surely ended it.
// Any thread.
#pragma once

#include <memory>
#include <mutex>

#include "checks/support/io/deadline.h"

namespace holdfast {

class PgSlot {
 public:
  PgSlot();
  ~PgSlot();
  PgSlot(const PgSlot&) = delete;
  PgSlot& operator=(const PgSlot&) = delete;

  /// Takes the place. Errors: `no_slot` (the wait ate the deadline), `stopped`.
  [[nodiscard]] Result<Done> take(const Deadline& deadline);
  /// Gives it back; nobody takes it before `not_before`.
  void give_back(Deadline::Clock::time_point not_before = {});

 private:
  int token_;  // An eventfd as a semaphore of one, so that waiting is a poll like any other.
  std::mutex mutex_;
  Deadline::Clock::time_point not_before_{};
};

}  // namespace holdfast
