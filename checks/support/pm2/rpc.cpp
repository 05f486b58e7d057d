// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/rpc.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "checks/support/pm2/frame.h"

namespace holdfast {

using namespace std::string_view_literals;

namespace {

struct NamedFrame {
  std::string_view method;
  std::string_view bytes;
};
// AMP: 0x12 is version 1 with two arguments; each is a big-endian length and its bytes.
constexpr std::array<NamedFrame, 3> kFrames{{
    {"ping",
     "\x12\0\0\0\x2d"
     "j:{\"type\":\"call\",\"method\":\"ping\",\"args\":[{}]}"
     "\0\0\0\x03s:1"sv},
    {"getVersion",
     "\x12\0\0\0\x33"
     "j:{\"type\":\"call\",\"method\":\"getVersion\",\"args\":[{}]}"
     "\0\0\0\x03s:2"sv},
    {"getMonitorData",
     "\x12\0\0\0\x37"
     "j:{\"type\":\"call\",\"method\":\"getMonitorData\",\"args\":[{}]}"
     "\0\0\0\x03s:3"sv},
}};

Error failed(Reason reason, std::string text) {
  return Error{reason, "connect", std::move(text), ""};
}

Error failed_with(int error, const std::string& path, const std::string& home) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return failed(Reason::absent, "PM2 is not running: there is no socket " + path);
    case ECONNREFUSED:
      return failed(Reason::dead, "PM2 is dead: its socket " + path +
                                      " exists, but no process listens on it; it was killed");
    case EAGAIN:
      return failed(Reason::hung,
                    "PM2 hangs: the connection queue of its socket " + path + " is full");
    case EACCES:
    case EPERM:
      return failed(Reason::no_right, "permission denied for the socket in " + home +
                                          ": run Holdfast as the user that runs PM2");
    default:
      return failed(Reason::internal, "the socket " + path + " could not be used");
  }
}

// Anyone who may write to the directory could listen on that path and answer for PM2, so the
// listener's user is verified.
Result<int> listener_of(int fd, const std::string& home) {
  ucred peer{};
  socklen_t size = sizeof peer;
  struct stat directory {};
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      ::stat(home.c_str(), &directory) != 0)
    return failed(Reason::internal, "the owner of PM2's socket could not be determined");
  if (peer.uid != 0 && peer.uid != ::geteuid() && peer.uid != directory.st_uid) {
    return failed(Reason::no_right,
                  "the listener on the socket in " + home + " has user id " +
                      std::to_string(peer.uid) +
                      ", which is neither root, nor the directory's owner, nor Holdfast's user");
  }
  return static_cast<int>(peer.pid);
}

}  // namespace

std::string_view bytes_of(Pm2Request request) {
  return kFrames.at(static_cast<std::size_t>(request)).bytes;
}

std::string_view id_of(Pm2Request request) {
  return bytes_of(request).substr(bytes_of(request).size() - 3);
}

std::string_view name_of(Pm2Request request) {
  return kFrames.at(static_cast<std::size_t>(request)).method;
}

Result<Pm2Connection> Pm2Connection::open(const std::string& home) {
  const std::string path = home + "/rpc.sock";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return failed(Reason::own_limit, "the path " + path + " is too long for a socket");
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);

  struct stat entry {};
  if (::lstat(path.c_str(), &entry) != 0) return failed_with(errno, path, home);
  if (S_ISLNK(entry.st_mode))
    return failed(Reason::no_right, path + " is a symbolic link, which Holdfast does not follow");

  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.fd() < 0)
    return failed(Reason::own_limit, "no socket could be opened: too many open files");
  // A Unix socket connects immediately or fails, so there is no wait here.
  if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return failed_with(errno, path, home);
  const auto listener = listener_of(socket.fd(), home);
  if (!listener) return listener.error();
  Pm2Connection connection(std::move(socket));
  connection.daemon_pid_ = *listener;
  return connection;
}

Result<Pm2Answer> Pm2Connection::request(Pm2Request request, const Deadline& deadline) {
  if (const auto error = send_all(socket_.fd(), bytes_of(request), deadline)) {
    if (error->reason == Reason::stopped) return *error;
    if (error->reason == Reason::timed_out)
      return Error{Reason::hung, "write", "PM2 hangs: it does not read the request", ""};
    return Error{Reason::closed, "write",
                 "PM2 closed the connection before it received the request", ""};
  }
  FrameReader frame(id_of(request));
  std::array<char, 32 * 1024> chunk;
  const auto ended = [&](Reason reason, std::string text) {
    return Error{reason, "read", std::move(text), ""};
  };
  Result<bool> whole = false;
  std::size_t bytes = 0;
  while (whole && !*whole) {
    const auto got = receive_some(socket_.fd(), chunk.data(), chunk.size(), deadline);
    if (!got && got.error().reason == Reason::stopped) return got.error();
    const bool is_late = !got && got.error().reason == Reason::timed_out;
    if (is_late && frame.has_begun())
      return ended(Reason::timed_out, "PM2 did not complete its reply in time");
    if (is_late)
      return ended(Reason::hung, "PM2 hangs: it accepted the connection and did not answer " +
                                     std::string(name_of(request)));
    if ((!got || *got == 0) && frame.has_begun())
      return ended(Reason::half_reply, "PM2 closed the connection in the middle of its reply");
    if (!got || *got == 0)
      return ended(Reason::closed, "PM2 closed the connection without a reply");
    bytes += *got;
    whole = frame.feed({chunk.data(), *got});
    wipe({chunk.data(), *got});
  }
  if (!whole) return std::move(whole).error();
  auto reply = parse_reply(frame.json(), deadline);
  if (!reply) return std::move(reply).error();
  if (reply->is_error)
    return ended(Reason::query_failed,
                 "PM2 answered " + std::string(name_of(request)) + " with an error");
  return Pm2Answer{*std::move(reply), bytes};
}

}  // namespace holdfast
