// SPDX-License-Identifier: Apache-2.0
// Opens the listening socket. Called once at startup.
#pragma once

#include <string>

#include "checks/base/result.h"

namespace holdfast {

struct Listener {
  int fd = -1;  ///< Non-blocking; the caller's to close.
  int port = 0;
};

/// Listens on "127.0.0.1:19627", "[::1]:19627", "localhost:19627" or ":19627" (all addresses of
/// this machine); port 0 takes any free one. Names are not resolved. The error text is for the
/// operator.
[[nodiscard]] Result<Listener> open_listener(const std::string& listen_address);

}  // namespace holdfast
