// SPDX-License-Identifier: Apache-2.0
// Notifies systemd by the sd_notify protocol, without its library: one datagram per message to
// $NOTIFY_SOCKET. Does nothing when not started by systemd. Any thread.
#pragma once

#include <optional>
#include <string>

#include "checks/base/limits.h"

namespace holdfast {

class Notifier {
 public:
  /// `socket` and `watchdog_usec` as systemd sets them in the environment; empty: none.
  Notifier(std::string socket, const std::string& watchdog_usec);
  /// From $NOTIFY_SOCKET and, when it is meant for this process, $WATCHDOG_USEC.
  [[nodiscard]] static Notifier from_environment();

  void ready() const { send("READY=1"); }
  void reloading() const;
  void stopping() const { send("STOPPING=1"); }
  void feed_watchdog() const { send("WATCHDOG=1"); }
  /// The watchdog timeout of systemd; empty: none.
  [[nodiscard]] std::optional<Duration> watchdog() const { return watchdog_; }

 private:
  void send(const std::string& message) const;

  std::string socket_;
  std::optional<Duration> watchdog_;
};

}  // namespace holdfast
