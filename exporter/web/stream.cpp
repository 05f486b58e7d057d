// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/stream.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace holdfast {
namespace {

class PlainStream : public Stream {
 public:
  explicit PlainStream(int fd) : fd_(fd) {}
  ~PlainStream() override { ::close(fd_); }
  PlainStream(const PlainStream&) = delete;
  PlainStream& operator=(const PlainStream&) = delete;

  [[nodiscard]] int fd() const override { return fd_; }
  [[nodiscard]] Io handshake() override { return {Io::State::done, 0}; }
  [[nodiscard]] Io read(char* to, std::size_t size) override {
    return outcome(::recv(fd_, to, size, 0), Io::State::want_read);
  }
  [[nodiscard]] Io write(const char* from, std::size_t size) override {
    return outcome(::send(fd_, from, size, MSG_NOSIGNAL), Io::State::want_write);
  }
  void finish() override { ::shutdown(fd_, SHUT_WR); }

 private:
  static Io outcome(ssize_t moved, Io::State want) {
    if (moved > 0) return {Io::State::done, static_cast<std::size_t>(moved)};
    const bool later = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return {moved < 0 && later ? want : Io::State::closed, 0};
  }

  int fd_;
};

}  // namespace

std::unique_ptr<Stream> make_plain_stream(int fd) { return std::make_unique<PlainStream>(fd); }

}  // namespace holdfast
