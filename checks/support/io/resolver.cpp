// SPDX-License-Identifier: Apache-2.0
// The resolver uses c-ares: one channel per look-up, driven by our own poll.
#include "checks/support/io/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>
#include <string>

namespace holdfast {
namespace {

constexpr std::size_t kMaxAddresses = 16;
// When a query is first retried; c-ares doubles it with each round. The deadline still applies.
constexpr int kFirstRetryMs = 700;
constexpr int kTries = 6;
// The longest wait of one poll, if c-ares has no time-out of its own.
constexpr timeval kLongestPoll{1, 0};

struct Answer {
  bool done = false;
  int status = ARES_SUCCESS;
  std::vector<std::string> addresses;
};

void take_answer(void* argument, int status, int /*timeouts*/, ares_addrinfo* found) {
  auto& answer = *static_cast<Answer*>(argument);
  answer.done = true;
  answer.status = status;
  if (found == nullptr) return;
  for (const auto* node = found->nodes; node != nullptr; node = node->ai_next) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const void* address = nullptr;
    if (node->ai_family == AF_INET)
      address = &reinterpret_cast<const sockaddr_in*>(node->ai_addr)->sin_addr;
    else if (node->ai_family == AF_INET6)
      address = &reinterpret_cast<const sockaddr_in6*>(node->ai_addr)->sin6_addr;
    if (address == nullptr || answer.addresses.size() == kMaxAddresses) continue;
    if (::inet_ntop(node->ai_family, address, text.data(), text.size()) == nullptr) continue;
    const std::string numeric = text.data();
    if (std::ranges::count(answer.addresses, numeric) == 0) answer.addresses.push_back(numeric);
  }
  ares_freeaddrinfo(found);
}

bool is_numeric(const std::string& host) {
  in6_addr scratch{};
  return ::inet_pton(AF_INET, host.c_str(), &scratch) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), &scratch) == 1;
}

/// One c-ares channel; the destructor cancels pending queries.
class Channel {
 public:
  explicit Channel(const std::string& servers) {
    ares_options options{};
    options.timeout = kFirstRetryMs;
    options.tries = kTries;
    std::string lookups = "fb";  // Files first, then DNS, whatever nsswitch.conf says.
    options.lookups = lookups.data();
    status_ = ares_init_options(&channel_, &options,
                                ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS);
    if (status_ == ARES_SUCCESS && !servers.empty())
      status_ = ares_set_servers_ports_csv(channel_, servers.c_str());
  }
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  [[nodiscard]] bool usable() const { return status_ == ARES_SUCCESS; }
  void ask(const std::string& host, Answer& answer) {
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, take_answer, &answer);
  }

  /// Waits for the next event of the channel and processes it. Errors: `stopped`, `timed_out`.
  Result<Done> step(const Deadline& deadline) {
    std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
    const int mask = ares_getsock(channel_, sockets.data(), sockets.size());
    std::vector<pollfd> entries{{deadline.stop() ? deadline.stop()->fd() : -1, POLLIN, 0}};
    for (unsigned i = 0; i < sockets.size(); ++i) {
      short events = 0;
      if (ARES_GETSOCK_READABLE(mask, i)) events = POLLIN;
      if (ARES_GETSOCK_WRITABLE(mask, i)) events = static_cast<short>(events | POLLOUT);
      if (events != 0) entries.push_back({sockets.at(i), events, 0});
    }
    timeval longest = kLongestPoll;
    timeval own{};
    const timeval* next = ares_timeout(channel_, &longest, &own);
    const auto patience = std::min<Deadline::Clock::duration>(
        deadline.remaining(),
        std::chrono::seconds(next->tv_sec) + std::chrono::microseconds(next->tv_usec));
    const auto left = std::chrono::nanoseconds(patience).count();
    const timespec wait{left / 1'000'000'000, left % 1'000'000'000};
    const int seen = ::ppoll(entries.data(), entries.size(), &wait, nullptr);
    if (seen < 0 && errno != EINTR) return Error{Reason::internal, "resolve", "poll failed", ""};
    if (seen > 0 && entries[0].revents != 0) return Error{Reason::stopped, "resolve", "", ""};
    if (deadline.remaining().count() == 0)  // Also if the server keeps sending.
      return Error{Reason::timed_out, "resolve", "", ""};
    if (seen <= 0) ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    for (std::size_t i = 1; seen > 0 && i < entries.size(); ++i) {
      const bool in = (entries[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
      const bool out = (entries[i].revents & POLLOUT) != 0;
      if (in || out)
        ares_process_fd(channel_, in ? entries[i].fd : ARES_SOCKET_BAD,
                        out ? entries[i].fd : ARES_SOCKET_BAD);
    }
    return Done{};
  }

 private:
  ares_channel channel_ = nullptr;
  int status_ = ARES_SUCCESS;
};

Reason reason_of(int status) {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME:
    case ARES_ENONAME:
      return Reason::name_not_found;
    case ARES_ENOMEM:
      return Reason::own_limit;
    case ARES_EBADRESP:
    case ARES_EFORMERR:
      return Reason::garbage;
    default:
      // Refused, SERVFAIL, no connection, time-out: no server answered.
      return Reason::name_server_silent;
  }
}

class AresResolver final : public Resolver {
 public:
  explicit AresResolver(std::string servers) : servers_(std::move(servers)) {
    static std::once_flag once;
    std::call_once(once, [] { ares_library_init(ARES_LIB_INIT_ALL); });
  }

  Result<std::vector<std::string>> resolve(const std::string& host,
                                           const Deadline& deadline) override {
    if (is_numeric(host)) return std::vector<std::string>{host};
    if (host.empty()) return Error{Reason::name_not_found, "resolve", "", ""};
    Answer answer;  // Declared before the channel, whose destructor may still call back.
    Channel channel(servers_);
    if (!channel.usable())
      return Error{Reason::own_limit, "resolve", "the resolver could not be started", ""};
    channel.ask(host, answer);
    while (!answer.done) {
      auto step = channel.step(deadline);
      if (step) continue;
      // The deadline passed while waiting for a name server.
      if (step.error().reason == Reason::timed_out)
        return Error{Reason::name_server_silent, "resolve", "", ""};
      return step.error();
    }
    if (answer.status != ARES_SUCCESS) return Error{reason_of(answer.status), "resolve", "", ""};
    if (answer.addresses.empty()) return Error{Reason::name_not_found, "resolve", "", ""};
    return std::move(answer.addresses);
  }

 private:
  std::string servers_;
};

}  // namespace

std::unique_ptr<Resolver> make_resolver(std::string servers) {
  return std::make_unique<AresResolver>(std::move(servers));
}

}  // namespace holdfast
