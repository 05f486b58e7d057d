// SPDX-License-Identifier: Apache-2.0
// A client of PM2's daemon on its socket. Never runs the `pm2` command, which starts a daemon if
// none is running and waits indefinitely if one hangs. One request at a time; a connection without
// an answer is closed and not replaced in the same run, since waiting connections fill the daemon's
// queue. A connection is used by one thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "checks/support/io/socket.h"
#include "checks/support/pm2/reply.h"

namespace holdfast {

/// The only three requests that Holdfast sends to PM2, as constant bytes. A wrong request (a
/// missing argument, a null, broken JSON) makes PM2's daemon restart itself and all its processes,
/// and a client that can connect can control PM2. So no request is built from input, and a test
/// compares each byte by byte.
enum class Pm2Request : std::uint8_t { ping, get_version, get_monitor_data };

/// The complete frame.
[[nodiscard]] std::string_view bytes_of(Pm2Request request);
/// The id the reply must carry, with its type prefix: "s:1".
[[nodiscard]] std::string_view id_of(Pm2Request request);
/// PM2's name of the method, for the trace: "ping".
[[nodiscard]] std::string_view name_of(Pm2Request request);

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
  [[nodiscard]] static Result<Pm2Connection> open(const std::string& home);

  /// Sends a request and reads the reply. Errors: `hung` (no byte was received), `timed_out` (the
  /// reply is incomplete), `closed`, `half_reply`, `garbage`, `too_large`,
  /// `query_failed` (PM2 answered with an error), `stopped`.
  [[nodiscard]] Result<Pm2Answer> request(Pm2Request request, const Deadline& deadline);
  /// The process id of the listener; 0 if unknown (another pid namespace).
  [[nodiscard]] int daemon_pid() const { return daemon_pid_; }

 private:
  explicit Pm2Connection(Socket socket) : socket_(std::move(socket)) {}

  Socket socket_;
  int daemon_pid_ = 0;
};

/// The longest home whose socket can be addressed: sun_path less "/rpc.sock" and the final zero.
inline constexpr std::size_t kMaxPm2HomeBytes = 107 - 9;

}  // namespace holdfast
