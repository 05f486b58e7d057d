// SPDX-License-Identifier: Apache-2.0
#include "exporter/web/http_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "exporter/log/log.h"
#include "exporter/web/message.h"

namespace holdfast {
namespace {

using std::chrono::milliseconds;

/// Within the second in which the whole daemon must stop.
constexpr auto kStopTimeout = milliseconds(500);
/// With no descriptor left, accept() fails at once and the socket stays readable: retry later.
constexpr auto kAcceptPause = milliseconds(200);
constexpr auto kWarningInterval = std::chrono::minutes(1);

using SteadyClock = std::chrono::steady_clock;

/// For poll(): at most an hour.
int timeout_until(SteadyClock::time_point at) {
  const auto left = std::min<SteadyClock::duration>(at - SteadyClock::now(), std::chrono::hours(1));
  return std::max(0, static_cast<int>(std::chrono::ceil<milliseconds>(left).count()));
}

}  // namespace

HttpServer::HttpServer(int listener, GetTls get_tls, Answer answer,
                       const HttpServerOptions& options)
    : options_(options),
      get_tls_(std::move(get_tls)),
      answer_(std::move(answer)),
      listener_(listener) {
  for (std::size_t i = 0; i < options_.workers; ++i) workers_.emplace_back([this] { work(); });
  thread_ = std::thread([this] { run(); });
}

HttpServer::~HttpServer() { stop(); }

void HttpServer::stop() {
  stop_.fire();
  if (thread_.joinable()) thread_.join();
  {
    const std::lock_guard lock(mutex_);
    workers_stop_ = true;  // Requests in progress are finished, the others dropped.
  }
  job_added_.notify_all();
  for (auto& worker : workers_) worker.join();
  workers_.clear();
}

void HttpServer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    job_added_.wait(lock, [this] { return workers_stop_ || !jobs_.empty(); });
    if (workers_stop_) return;
    const auto [id, request] = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    auto bytes = render_response(request, answer_);
    lock.lock();
    replies_.push_back({id, std::move(bytes), request.head.keep_alive});
    replied_.fire();
  }
}

void HttpServer::run() {
  while (!stopping_ || (is_answering() && SteadyClock::now() < stop_until_)) poll_once();
  connections_.clear();
}

void HttpServer::poll_once() {
  std::vector<pollfd> entries;
  std::vector<std::uint64_t> ids;
  entries.push_back({stopping_ ? -1 : stop_.fd(), POLLIN, 0});
  entries.push_back({replied_.fd(), POLLIN, 0});
  entries.push_back({SteadyClock::now() >= accept_again_ ? listener_ : -1, POLLIN, 0});
  const auto fixed = entries.size();
  for (const auto& [id, connection] : connections_) {
    entries.push_back({connection.poll_fd(), connection.events(), 0});
    ids.push_back(id);
  }
  if (::poll(entries.data(), entries.size(), timeout_until(next_deadline())) < 0) return;

  const auto now = SteadyClock::now();
  if (entries[0].revents != 0) begin_stop(now);
  if (entries[1].revents != 0) take_replies(now);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (entries[fixed + i].revents == 0) continue;
    const auto found = connections_.find(ids[i]);
    if (found == connections_.end() || found->second.poll_fd() < 0) continue;
    found->second.advance(now);
    dispatch(found->first, found->second);
  }
  std::erase_if(connections_, [now](const auto& entry) {
    return entry.second.is_closed() || entry.second.until() <= now;
  });
  if (entries[2].revents != 0 && !stopping_) accept_one(now);
}

/// Hands a complete request to the workers.
void HttpServer::dispatch(std::uint64_t id, Connection& connection) {
  if (!connection.has_request()) return;
  {
    const std::lock_guard lock(mutex_);
    jobs_.emplace_back(id, connection.take_request());
  }
  job_added_.notify_one();
}

HttpServer::Time HttpServer::next_deadline() const {
  auto next = stop_until_;
  if (accept_again_ != Time{}) next = std::min(next, accept_again_);
  for (const auto& [id, connection] : connections_) next = std::min(next, connection.until());
  return next;
}

/// Accepts one connection: another accept() with none waiting could fail with EMFILE although no
/// client is affected.
void HttpServer::accept_one(Time now) {
  accept_again_ = {};
  if (connections_.size() >= options_.connections &&
      !close_one([](const Connection& each) { return !each.is_answering(); })) {
    accept_again_ = now + kAcceptPause;
    return;
  }
  const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) {
    const bool is_short = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
    return is_short ? pause_accepting(now) : void();
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connections_.try_emplace(next_id_++, fd, get_tls_(), options_.times, now);
}

/// No descriptor or memory is left: closing an idle connection may free what is needed.
void HttpServer::pause_accepting(Time now) {
  close_one([](const Connection& each) { return each.is_idle(); });
  accept_again_ = now + kAcceptPause;
  if (now < next_warning_) return;
  next_warning_ = now + kWarningInterval;
  log(LogLevel::warn, "cannot accept a connection: out of file descriptors or memory");
}

/// Closes the oldest idle connection that may be closed, or else the oldest of the others; false
/// when there is none.
bool HttpServer::close_one(const std::function<bool(const Connection&)>& may_close) {
  auto chosen = connections_.end();
  const auto goes_before = [](const Connection& a, const Connection& b) {
    return a.is_idle() != b.is_idle() ? a.is_idle() : a.since() < b.since();
  };
  for (auto it = connections_.begin(); it != connections_.end(); ++it) {
    if (!may_close(it->second)) continue;
    if (chosen == connections_.end() || goes_before(it->second, chosen->second)) chosen = it;
  }
  if (chosen == connections_.end()) return false;
  connections_.erase(chosen);
  return true;
}

void HttpServer::take_replies(Time now) {
  std::vector<Reply> replies;
  {
    const std::lock_guard lock(mutex_);
    replied_.take();
    replies.swap(replies_);
  }
  for (auto& reply : replies) {
    const auto found = connections_.find(reply.connection);
    if (found == connections_.end()) continue;
    found->second.reply(std::move(reply.bytes), reply.keep && !stopping_, now);
    dispatch(found->first, found->second);
    keep_pending_bounded();
  }
}

/// Slow readers of large pages must not exhaust memory: the oldest is closed first.
void HttpServer::keep_pending_bounded() {
  const auto pending = [this] {
    std::size_t sum = 0;
    for (const auto& [id, connection] : connections_) sum += connection.pending();
    return sum;
  };
  while (pending() > options_.pending_bytes &&
         close_one([](const Connection& each) { return each.pending() > 0; })) {
  }
}

void HttpServer::begin_stop(Time now) {
  stopping_ = true;
  stop_until_ = now + kStopTimeout;
  ::close(listener_);
  listener_ = -1;
  std::erase_if(connections_, [](const auto& entry) { return entry.second.is_receiving(); });
}

bool HttpServer::is_answering() const {
  return std::any_of(connections_.begin(), connections_.end(),
                     [](const auto& entry) { return entry.second.is_answering(); });
}

}  // namespace holdfast
