// SPDX-License-Identifier: Apache-2.0
// The listening socket of the daemon's port. Called once at the start.
#pragma once

#include <string>

#include "checks/base/result.h"

namespace holdfast {

struct Listener {
  int fd = -1;  ///< Non-blocking; the caller's to close.
  int port = 0;
};

/// Listens on "127.0.0.1:19627", "[::1]:19627", "localhost:19627" or ":19627" (every address of
/// this machine); port 0 takes a free one. Names are not looked up. The error's text is for the
/// person who started the daemon.
[[nodiscard]] Result<Listener> open_listener(const std::string& address);

}  // namespace holdfast
