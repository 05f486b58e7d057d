// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/connection.h"

#include <algorithm>
#include <array>

namespace holdfast {
namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
/// A client that reads a large page fast must not keep the poll thread from the others.
constexpr std::size_t kMaxWriteBytes = 256 * 1024;
/// How much is read and discarded after the last response: enough for a body in flight.
constexpr std::size_t kMaxDrainBytes = 1024 * 1024;

}  // namespace

Connection::Connection(int fd, const TlsContext& tls, const ConnectionTimeouts& times, Time now)
    : stream_(fd, tls), times_(times), since_(now), until_(now + times.idle) {}

void Connection::enter(Phase phase, Time now, ConnectionTimeouts::Duration timeout) {
  phase_ = phase;
  is_idle_ = false;
  since_ = now;
  until_ = now + timeout;
}

void Connection::go_idle(Time now) {
  enter(Phase::reading, now, times_.idle);
  is_idle_ = true;
  wants_write_ = false;
}

void Connection::wait_for(Io io) {
  wants_write_ = io.state == Io::State::want_write;
  if (io.state == Io::State::closed) phase_ = Phase::closed;
}

void Connection::advance(Time now) {
  if (phase_ == Phase::handshake) do_handshake(now);
  if (phase_ == Phase::reading) read_request(now);
  if (phase_ == Phase::writing) write_response(now);
  if (phase_ == Phase::draining) drain();
}

void Connection::do_handshake(Time now) {
  if (is_idle_) enter(Phase::handshake, now, times_.request);
  const auto io = stream_.handshake();
  if (io.state == Io::State::done) {
    go_idle(now);
  } else {
    wait_for(io);
  }
}

void Connection::read_request(Time now) {
  std::array<char, kReadBytes> buffer;
  while (!frame(now)) {
    const auto io = stream_.read(buffer.data(), buffer.size());
    if (io.state != Io::State::done) return wait_for(io);
    if (is_idle_) enter(Phase::reading, now, times_.request);
    input_.append(buffer.data(), io.bytes);
  }
}

/// Whether there is something for a worker: a complete request, or one to reject.
bool Connection::frame(Time now) {
  if (input_.size() < needed_) return false;  // No parsing for every byte of a slow body.
  auto framing = frame_request(input_);
  needed_ = framing.is_done ? 0 : framing.size;
  if (!framing.is_done) return false;
  input_.erase(0, framing.size);
  request_ = std::move(framing);
  // The endpoints limit their own time; the response timeout begins with its first byte.
  phase_ = Phase::working;
  is_idle_ = false;
  since_ = now;
  until_ = Time::max();
  return true;
}

void Connection::reply(std::string bytes, bool keep, Time now) {
  output_ = std::move(bytes);
  written_ = 0;
  keep_ = keep;
  enter(Phase::writing, now, times_.response);
  advance(now);
}

void Connection::write_response(Time now) {
  std::size_t sent = 0;
  while (pending() > 0 && sent < kMaxWriteBytes) {
    const auto size = std::min(pending(), kMaxWriteBytes - sent);
    const auto io = stream_.write(output_.data() + written_, size);
    if (io.state != Io::State::done) return wait_for(io);
    written_ += io.bytes;
    sent += io.bytes;
  }
  wants_write_ = true;
  if (pending() > 0) return;
  output_ = {};
  written_ = 0;
  if (!keep_) {
    // Closing with unread bytes resets the connection, and the client might lose the response.
    stream_.finish();
    wants_write_ = false;
    return enter(Phase::draining, now, times_.drain);
  }
  go_idle(now);
  if (!input_.empty()) enter(Phase::reading, now, times_.request);
  // The next request may be here already: pipelined, or inside the TLS library.
  read_request(now);
}

void Connection::drain() {
  std::array<char, kReadBytes> buffer;
  while (drained_ < kMaxDrainBytes) {
    const auto io = stream_.read(buffer.data(), buffer.size());
    if (io.state != Io::State::done) return wait_for(io);
    drained_ += io.bytes;
  }
  phase_ = Phase::closed;
}

}  // namespace holdfast
