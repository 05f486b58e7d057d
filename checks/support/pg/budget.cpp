// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/budget.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace holdfast {

PgSlot::PgSlot() : token_(::eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)) {
  if (token_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

PgSlot::~PgSlot() { ::close(token_); }

Result<Done> PgSlot::take(const Deadline& deadline) {
  std::uint64_t token = 0;
  while (::read(token_, &token, sizeof token) != sizeof token) {
    const auto seen = deadline.wait(token_, POLLIN);
    if (seen) continue;
    const bool late = seen.error().reason == Reason::timed_out;
    return Error{late ? Reason::no_slot : seen.error().reason, "lease", "", ""};
  }
  const auto not_before = not_before_.load();
  if (not_before <= Deadline::Clock::now()) return Done{};
  // The server may still execute our last statement: wait for its end, or until the deadline. There
  // is no descriptor, so only time and the stop event end this wait.
  const Deadline ripe(std::min(not_before, deadline.at()), deadline.stop());
  const auto waited = ripe.wait(-1, 0);
  const bool stopped = waited.error().reason == Reason::stopped;
  if (!stopped && not_before <= Deadline::Clock::now()) return Done{};
  give_back(not_before);
  return Error{stopped ? Reason::stopped : Reason::no_slot, "lease", "", ""};
}

void PgSlot::give_back(Deadline::Clock::time_point not_before) {
  not_before_ = not_before;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(token_, &one, sizeof one);
}

}  // namespace holdfast
