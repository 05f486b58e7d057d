// SPDX-License-Identifier: Apache-2.0
// A client of PM2's daemon on its socket. Never runs the `pm2` command, which starts a daemon if
// none is running and waits indefinitely if one hangs. One request at a time; a connection without
// an answer is closed and not replaced in the same run, since waiting connections fill the daemon's
// queue. A connection is used by one thread.
#pragma once

#include <memory>
#include <string>

#include "checks/support/io/deadline.h"
#include "checks/support/pm2/reply.h"
#include "checks/support/pm2/requests.h"

namespace holdfast {

/// One reply and its size.
struct Pm2Answer {
  Pm2Reply reply;
  std::size_t bytes = 0;
};

class Pm2Connection {
 public:
  /// Connects to `<home>/rpc.sock`. Errors (phase "connect"): `absent` (no socket), `dead` (a
  /// socket without a listener), `hung` (its queue is full), `no_right` (permission, a symbolic
  /// link, or a listener whose user is neither root, nor ours, nor the owner of the home),
  /// `own_limit` (the path is too long for a socket).
  [[nodiscard]] static Result<std::unique_ptr<Pm2Connection>> open(const std::string& home);
  /// Owns an open socket.
  explicit Pm2Connection(int fd) : fd_(fd) {}
  ~Pm2Connection();
  Pm2Connection(const Pm2Connection&) = delete;
  Pm2Connection& operator=(const Pm2Connection&) = delete;

  /// Sends a request and reads the reply. Errors: `hung` (no byte was received), `timed_out` (the
  /// reply is incomplete), `closed`, `half_reply`, `garbage`, `too_large`,
  /// `query_failed` (PM2 answered with an error), `stopped`.
  [[nodiscard]] Result<Pm2Answer> ask(Pm2Request request, const Deadline& deadline);
  /// The process id of the listener; 0 if unknown (another pid namespace).
  [[nodiscard]] int daemon_pid() const { return daemon_pid_; }

 private:
  Result<Done> send(Pm2Request request, const Deadline& deadline);

  int fd_;
  int daemon_pid_ = 0;
};

/// The longest home whose socket can be addressed: sun_path less "/rpc.sock" and the final zero.
inline constexpr std::size_t kMaxPm2HomeBytes = 107 - 9;

}  // namespace holdfast
