// SPDX-License-Identifier: Apache-2.0
// Resolves host names within a deadline. getaddrinfo cannot be interrupted, so c-ares is used with
// our own poll. Any thread: each look-up has its own channel.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "checks/support/io/deadline.h"

namespace holdfast {

class Resolver {
 public:
  virtual ~Resolver() = default;
  /// At most 16 numeric addresses of `host`, in the order to try; a numeric host is returned as is.
  /// Errors (phase "resolve"): name_not_found, name_server_silent, timed_out, stopped.
  [[nodiscard]] virtual Result<std::vector<std::string>> resolve(const std::string& host,
                                                                 const Deadline& deadline) = 0;
};

/// Looks in /etc/hosts, then DNS by /etc/resolv.conf. `servers` ("127.0.0.1:5353,…") replaces
/// the system's name servers, for tests.
[[nodiscard]] std::unique_ptr<Resolver> make_resolver(std::string servers = {});

}  // namespace holdfast
