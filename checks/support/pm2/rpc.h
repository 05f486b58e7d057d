// SPDX-License-Identifier: Apache-2.0
// PM2's daemon on its socket: connect, ask one of the three constant requests, read the reply.
// Never the `pm2` command, which starts a daemon where none runs and waits for ever where one
// hangs. One request in flight; a connection that did not answer is closed and never replaced by
// a second one in the same run, since waiting connections fill the daemon's queue.
// A connection belongs to one thread.
#pragma once

#include <memory>
#include <string>

#include "checks/support/io/deadline.h"
#include "checks/support/pm2/reply.h"
#include "checks/support/pm2/requests.h"

namespace holdfast {

/// One reply and what it cost.
struct Pm2Answer {
  Pm2Reply reply;
  std::size_t bytes = 0;
};

class Pm2Connection {
 public:
  /// Connects to `<home>/rpc.sock`. Errors (phase "connect"): `absent` (no socket), `dead` (a
  /// socket nobody listens on), `hung` (its queue is full), `no_right` (permission, a symbolic
  /// link, or a listener who is neither root, nor ourselves, nor the owner of the home),
  /// `own_limit` (a path longer than a socket's may be).
  [[nodiscard]] static Result<std::unique_ptr<Pm2Connection>> open(const std::string& home);
  /// Owns an open socket.
  explicit Pm2Connection(int fd) : fd_(fd) {}
  ~Pm2Connection();
  Pm2Connection(const Pm2Connection&) = delete;
  Pm2Connection& operator=(const Pm2Connection&) = delete;

  /// Asks and reads within the deadline. Errors: `hung` (not one byte came), `timed_out` (the
  /// reply began and did not end), `closed`, `half_reply`, `garbage`, `too_large`,
  /// `query_failed` (PM2 answered with an error), `stopped`.
  [[nodiscard]] Result<Pm2Answer> ask(Pm2Request request, const Deadline& deadline);
  /// The process that listens; 0 where the kernel cannot tell (another pid namespace).
  [[nodiscard]] int daemon_pid() const { return daemon_pid_; }

 private:
  Result<Done> send(Pm2Request request, const Deadline& deadline);

  int fd_;
  int daemon_pid_ = 0;
};

/// The longest home whose socket can be addressed: sun_path less "/rpc.sock" and the final zero.
inline constexpr std::size_t kMaxPm2HomeBytes = 107 - 9;

}  // namespace holdfast
