// SPDX-License-Identifier: Apache-2.0
// The HTTP server: one thread polls every socket, a few workers render the responses. A client that
// is idle, too slow, sends too much or does not read costs one descriptor for a bounded time and
// delays no other. Owns the listening socket, the connections and its threads.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "checks/support/io/deadline.h"
#include "exporter/system/event.h"
#include "exporter/web/connection.h"
#include "exporter/web/page.h"

namespace holdfast {

struct HttpServerOptions {
  ConnectionTimeouts times;
  /// Each costs a descriptor and at most 80 KiB of request.
  std::size_t connections = 256;
  /// Eight may wait in /probe (the scheduler's limit); scrapes need workers besides.
  std::size_t workers = 12;
  /// Bytes of responses not yet sent, in total: some pages of 1,000 checks.
  std::size_t pending_bytes = 64 * 1024 * 1024;
};

/// The TLS context of a new connection, or null for a plain one; called by the poll thread.
using GetTls = std::function<TlsContext()>;

class HttpServer {
 public:
  /// Takes over `listener`, a non-blocking listening socket, and starts serving.
  HttpServer(int listener, GetTls get_tls, Answer answer, const HttpServerOptions& options = {});
  ~HttpServer();  ///< Stops.
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Finishes responses in progress, for at most half a second, and stops. From one thread.
  void stop();

 private:
  using Time = Connection::Time;
  struct Reply {
    std::uint64_t connection = 0;
    std::string bytes;
    bool keep = false;
  };

  void run();
  void poll_once();
  [[nodiscard]] Time next_deadline() const;
  void accept_one(Time now);
  void pause_accepting(Time now);
  bool close_one(const std::function<bool(const Connection&)>& may_close);
  void take_replies(Time now);
  void keep_pending_bounded();
  void dispatch(std::uint64_t id, Connection& connection);
  void begin_stop(Time now);
  [[nodiscard]] bool is_answering() const;
  void work();

  const HttpServerOptions options_;
  const GetTls get_tls_;
  const Answer answer_;
  StopEvent stop_;
  // Poll thread only.
  int listener_;
  bool stopping_ = false;
  Time stop_until_ = Time::max();
  Time accept_again_{};
  Time next_warning_{};
  std::uint64_t next_id_ = 0;
  std::map<std::uint64_t, Connection> connections_;
  // Between the poll thread and the workers; each connection has at most one job.
  Event replied_;
  std::mutex mutex_;
  std::condition_variable job_added_;
  std::deque<std::pair<std::uint64_t, Framing>> jobs_;  // Under mutex_.
  std::vector<Reply> replies_;                          // Under mutex_.
  bool workers_stop_ = false;                           // Under mutex_.
  std::vector<std::thread> workers_;
  std::thread thread_;
};

}  // namespace holdfast
