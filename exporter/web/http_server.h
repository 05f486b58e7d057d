// SPDX-License-Identifier: Apache-2.0
// The HTTP server: one thread polls every socket, a few workers render the responses. A client that
// is idle, too slow, sends too much or does not read costs one descriptor for a bounded time and
// delays no other. Owns the listening socket, the connections and its threads.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "checks/support/io/deadline.h"
#include "exporter/web/connection.h"
#include "exporter/web/page.h"
#include "exporter/web/workers.h"

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

/// Makes the stream of an accepted socket, which owns the socket; called by the poll thread.
using MakeStream = std::function<std::unique_ptr<Stream>(int fd)>;

class HttpServer {
 public:
  /// Takes over `listener`, a non-blocking listening socket, and starts serving.
  HttpServer(int listener, MakeStream make_stream, Answer answer,
             const HttpServerOptions& options = {});
  ~HttpServer();  ///< Stops.
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Finishes responses in progress, for at most half a second, and stops. From one thread.
  void stop();

 private:
  using Time = Connection::Time;
  void run();
  void poll_once();
  [[nodiscard]] Time next_deadline() const;
  [[nodiscard]] bool is_accepting(Time now) const;
  void accept_one(Time now);
  void pause_accepting(Time now);
  bool evict_one();
  void take_replies(Time now);
  void keep_pending_bounded();
  void dispatch(std::uint64_t id, Connection& connection);
  void drop_expired(Time now);
  void begin_stop(Time now);
  [[nodiscard]] bool has_responses_in_progress() const;

  const HttpServerOptions options_;
  const MakeStream make_stream_;
  int listener_;
  int wake_;
  StopEvent stop_;
  bool stopping_ = false;
  Time stop_until_ = Time::max();
  Time accept_again_{};
  Time next_warning_{};
  std::uint64_t next_id_ = 0;
  std::map<std::uint64_t, Connection> connections_;
  std::unique_ptr<Workers> workers_;
  std::thread thread_;
};

}  // namespace holdfast
