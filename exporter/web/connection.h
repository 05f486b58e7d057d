// SPDX-License-Identifier: Apache-2.0
// One client connection: handshake, request, response, and again while it is kept alive. Never
// blocks; says what to poll for and until when. Poll thread only.
#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "exporter/web/head.h"
#include "exporter/web/stream.h"

namespace holdfast {

/// How long a client may take for each phase (law 2). Tests use shorter ones.
struct ConnectionTimeouts {
  using Duration = std::chrono::steady_clock::duration;
  Duration request = std::chrono::seconds(2);   ///< From its first byte to its last; also for TLS.
  Duration response = std::chrono::seconds(5);  ///< To take all of a response.
  Duration idle = std::chrono::minutes(5);      ///< Longer than usual scrape intervals.
  Duration drain = std::chrono::seconds(1);     ///< To read an error response before the close.
};

class Connection {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Takes over a non-blocking socket.
  Connection(int fd, const TlsContext& tls, const ConnectionTimeouts& times, Time now);

  /// The handshake or the request is incomplete.
  [[nodiscard]] bool is_receiving() const {
    return phase_ == Phase::handshake || phase_ == Phase::reading;
  }
  [[nodiscard]] bool is_closed() const { return phase_ == Phase::closed; }
  /// A request is being handled, or its response sent.
  [[nodiscard]] bool is_answering() const {
    return phase_ == Phase::working || phase_ == Phase::writing;
  }
  /// No byte of a request has arrived: closed first when the server has no room.
  [[nodiscard]] bool is_idle() const { return is_idle_; }
  [[nodiscard]] Time since() const { return since_; }  ///< Start of the phase.
  [[nodiscard]] Time until() const { return until_; }  ///< Deadline of the phase.
  /// The descriptor to poll, or -1 while a worker handles the request.
  [[nodiscard]] int poll_fd() const { return phase_ == Phase::working ? -1 : stream_.fd(); }
  [[nodiscard]] short events() const { return wants_write_ ? POLLOUT : POLLIN; }
  /// Bytes of the response not yet sent.
  [[nodiscard]] std::size_t pending() const { return output_.size() - written_; }

  /// Goes on as far as possible now. In phase `working` afterwards, take_request() has the request.
  void advance(Time now);
  [[nodiscard]] bool has_request() const { return request_.has_value(); }
  [[nodiscard]] Framing take_request() { return std::move(*std::exchange(request_, std::nullopt)); }
  /// Sends the response to the request taken; closes after it unless `keep`.
  void reply(std::string bytes, bool keep, Time now);

 private:
  enum class Phase : std::uint8_t { handshake, reading, working, writing, draining, closed };

  void enter(Phase phase, Time now, ConnectionTimeouts::Duration timeout);
  void go_idle(Time now);
  void do_handshake(Time now);
  void read_request(Time now);
  bool frame(Time now);
  void write_response(Time now);
  void drain();
  void wait_for(Io io);

  Stream stream_;
  const ConnectionTimeouts times_;
  Phase phase_ = Phase::handshake;
  bool is_idle_ = true;
  bool wants_write_ = false;
  bool keep_ = false;
  Time since_;
  Time until_;
  std::string input_;
  std::size_t needed_ = 0;  ///< Size of the current request, once its head is known.
  std::optional<Framing> request_;
  std::string output_;
  std::size_t written_ = 0;
  std::size_t drained_ = 0;
};

}  // namespace holdfast
