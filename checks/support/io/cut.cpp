// SPDX-License-Identifier: Apache-2.0
#include "checks/support/io/cut.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <set>
#include <system_error>
#include <vector>

namespace holdfast {
namespace {

using Clock = Deadline::Clock;
// How often the bytes of a watched socket are counted: at 10 Gbit/s this lets 6 MB slip through.
constexpr auto kByteLook = std::chrono::milliseconds(5);
// The keeper needs a few hundred bytes; sanitizers need a great deal more.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackBytes = 2 * 1024 * 1024;
#else
constexpr std::size_t kStackBytes = 64 * 1024;
#endif

/// Bytes this TCP socket has received so far; 0 where the kernel cannot say (a Unix socket).
std::uint64_t bytes_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_bytes_received;
}

}  // namespace

/// The thread behind all cuts. `mutex_` guards the set and every member of a Cut but `end_`.
class CutKeeper {
 public:
  static CutKeeper& instance() {
    static CutKeeper keeper;
    return keeper;
  }

  void add(Cut& cut) {
    const std::lock_guard lock(mutex_);
    // A stop event is in the poll in flight only while an armed cut has kept it alive.
    const bool watched = cut.deadline_.stop() == nullptr || is_live(cut.deadline_.stop());
    cut.armed_ = true;
    cuts_.insert(&cut);
    if (cut.next_look_ < planned_ || !watched) wake();
  }

  void remove(Cut& cut) {
    const std::lock_guard lock(mutex_);
    if (!cut.armed_) return;
    cuts_.erase(&cut);
    cut.armed_ = false;
  }

 private:
  struct EarlierLook {
    bool operator()(const Cut* a, const Cut* b) const {
      return a->next_look_ != b->next_look_ ? a->next_look_ < b->next_look_ : a < b;
    }
  };

  CutKeeper() : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, kStackBytes);
    sigset_t all;
    sigset_t before;
    sigfillset(&all);  // Signals belong to the main thread.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&thread_, &attributes, &CutKeeper::enter, this);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    pthread_attr_destroy(&attributes);
    if (failed != 0) throw std::system_error(failed, std::generic_category(), "thread");
  }

  ~CutKeeper() {
    {
      const std::lock_guard lock(mutex_);
      leaving_ = true;
      wake();
    }
    pthread_join(thread_, nullptr);
    ::close(wake_fd_);
  }

  static void* enter(void* self) {
    static_cast<CutKeeper*>(self)->keep();
    return nullptr;
  }

  void keep() {
    std::vector<pollfd> entries;
    std::unique_lock lock(mutex_);
    while (!leaving_) {
      look(Clock::now());
      planned_ = cuts_.empty() ? Clock::time_point::max() : (*cuts_.begin())->next_look_;
      collect_stops();
      entries.assign(1, {wake_fd_, POLLIN, 0});
      for (const StopEvent* stop : stops_) entries.push_back({stop->fd(), POLLIN, 0});
      const bool forever = cuts_.empty();
      const auto left = std::max(planned_ - Clock::now(), Clock::duration::zero()).count();
      lock.unlock();
      const timespec patience{left / 1'000'000'000, left % 1'000'000'000};
      ::ppoll(entries.data(), entries.size(), forever ? nullptr : &patience, nullptr);
      std::uint64_t drained = 0;
      [[maybe_unused]] const auto got = ::read(wake_fd_, &drained, sizeof drained);
      lock.lock();
    }
  }

  /// Shuts down what must end now, and plans the next look at what need not.
  void look(Clock::time_point now) {
    stopped_.clear();
    for (const StopEvent* stop : stops_)
      if (is_live(stop) && stop->fired()) stopped_.push_back(stop);
    std::vector<Cut*> due;
    for (Cut* cut : cuts_)
      if (cut->next_look_ <= now || std::ranges::count(stopped_, cut->deadline_.stop()) > 0)
        due.push_back(cut);
    for (Cut* cut : due) {
      cuts_.erase(cut);
      cut->armed_ = false;
      const auto end = end_of(*cut, now);
      if (end != Cut::End::none) {
        cut->end_ = end;
        ::shutdown(cut->fd_, SHUT_RDWR);
        continue;
      }
      cut->next_look_ = std::min(cut->deadline_.at(), now + kByteLook);
      cut->armed_ = true;
      cuts_.insert(cut);
    }
  }

  Cut::End end_of(const Cut& cut, Clock::time_point now) const {
    if (std::ranges::count(stopped_, cut.deadline_.stop()) > 0) return Cut::End::stopped;
    if (cut.deadline_.at() <= now) return Cut::End::expired;
    if (cut.byte_limit_ > 0 && bytes_received(cut.fd_) > cut.byte_limit_)
      return Cut::End::too_large;
    return Cut::End::none;
  }

  void collect_stops() {
    stops_.clear();
    for (const Cut* cut : cuts_)
      if (cut->deadline_.stop() && std::ranges::count(stops_, cut->deadline_.stop()) == 0)
        stops_.push_back(cut->deadline_.stop());
  }
  /// A stop event may be gone once no armed cut points to it.
  bool is_live(const StopEvent* stop) const {
    return std::ranges::any_of(cuts_,
                               [&](const Cut* cut) { return cut->deadline_.stop() == stop; });
  }
  void wake() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_fd_, &one, sizeof one);
  }

  std::mutex mutex_;
  std::set<Cut*, EarlierLook> cuts_;
  std::vector<const StopEvent*> stops_;    // What the poll in flight watches.
  std::vector<const StopEvent*> stopped_;  // Those that fired, for one look.
  Clock::time_point planned_ = Clock::time_point::max();
  bool leaving_ = false;
  int wake_fd_;
  pthread_t thread_{};
};

Cut::Cut(int fd, const Deadline& deadline, std::size_t max_bytes)
    : deadline_(deadline), next_look_(deadline.at()), fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 0)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "dup");
  if (max_bytes > 0) {
    byte_limit_ = bytes_received(fd_) + max_bytes;
    next_look_ = std::min(next_look_, Clock::now() + kByteLook);
  }
  CutKeeper::instance().add(*this);
}

void Cut::disarm() {
  if (fd_ < 0) return;
  CutKeeper::instance().remove(*this);
  ::close(fd_);
  fd_ = -1;
}

std::optional<Reason> Cut::reason() const {
  switch (end_.load()) {
    case End::expired:
      return Reason::timed_out;
    case End::stopped:
      return Reason::stopped;
    case End::too_large:
      return Reason::too_large;
    case End::none:
      break;
  }
  return std::nullopt;
}

}  // namespace holdfast
