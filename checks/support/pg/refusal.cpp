// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/refusal.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>

#include "checks/support/tls/refused_certificate.h"

namespace holdfast {
namespace {

// "SSLRequest" of PostgreSQL's protocol: its length, then its code.
constexpr std::array<unsigned char, 8> kSslRequest{0, 0, 0, 8, 4, 210, 22, 47};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

struct FreeAddress {
  void operator()(addrinfo* info) const { ::freeaddrinfo(info); }
};

/// The socket address of a numeric address and port; no name server is asked.
std::unique_ptr<addrinfo, FreeAddress> numeric(const std::string& address,
                                               const std::string& port) {
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(address.c_str(), port.c_str(), &hints, &found) != 0) return nullptr;
  return std::unique_ptr<addrinfo, FreeAddress>(found);
}

bool connect_to(const Socket& socket, const addrinfo& to, const Deadline& deadline) {
  if (::connect(socket.fd(), to.ai_addr, to.ai_addrlen) == 0) return true;
  if (errno != EINPROGRESS || !deadline.wait(socket.fd(), POLLOUT)) return false;
  int code = 0;
  socklen_t size = sizeof code;
  return ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0;
}

/// Whether the server is ready for a handshake.
bool ask_for_tls(const Socket& socket, const Deadline& deadline) {
  if (::send(socket.fd(), kSslRequest.data(), kSslRequest.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kSslRequest.size()))
    return false;
  char answer = 0;
  return deadline.wait(socket.fd(), POLLIN) && ::recv(socket.fd(), &answer, 1, 0) == 1 &&
         answer == 'S';
}

}  // namespace

std::optional<VerifyFailure> ask_refusal(const Database& database, const std::string& address,
                                         const std::string& authorities, const Deadline& deadline) {
  const auto to = numeric(address, database.port);
  if (!to) return std::nullopt;
  const Socket socket(::socket(to->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0 || !connect_to(socket, *to, deadline) || !ask_for_tls(socket, deadline))
    return std::nullopt;
  return find_refused_certificate(socket.fd(), database.host, authorities, deadline);
}

}  // namespace holdfast
