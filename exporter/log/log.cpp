// SPDX-License-Identifier: Apache-2.0
#include "exporter/log/log.h"

#include <poll.h>
#include <pthread.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <climits>
#include <cmath>
#include <csignal>
#include <memory>

#include "checks/support/text/escape.h"
#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

using namespace std::chrono_literals;
using SteadyPoint = std::chrono::steady_clock::time_point;

// The finding itself is on the status page; a longer value only hides the rest of its line.
constexpr std::size_t kMaxValueBytes = 1000;
// A change of all of 1,000 checks at once fits.
constexpr std::size_t kQueuedMessages = 1024;
// How long one line waits for a reader of stderr that has fallen behind.
constexpr auto kWriteTimeout = 100ms;
// How long the end of the log waits for it in all, so that the daemon stops within a second.
constexpr auto kFlushTimeout = 200ms;

std::string_view name_of(LogLevel level) {
  constexpr std::array<std::string_view, 3> kNames{"info", "warn", "error"};
  return kNames.at(static_cast<std::size_t>(level));
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  constexpr std::array kLevels{spdlog::level::info, spdlog::level::warn, spdlog::level::err};
  return kLevels.at(static_cast<std::size_t>(level));
}

// Writes to a descriptor, for at most kWriteTimeout a line: then the line is dropped and counted.
// Pieces of PIPE_BUF bytes, since a pipe that is ready for writing takes as much without blocking.
class FdSink : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit FdSink(int fd) : fd_(fd) {}
  void give_up_at(SteadyPoint at) { give_up_at_ = at; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const auto until = std::chrono::steady_clock::now() + kWriteTimeout;
    std::string_view rest(line.data(), line.size());
    while (!rest.empty()) {
      const ssize_t written =
          wait_until(until)
              ? ::write(fd_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF))
              : -1;
      if (written < 0) {
        ++dropped_;
        return;
      }
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush_() override {}

 private:
  bool wait_until(SteadyPoint until) {
    const auto left = std::min(until, give_up_at_.load()) - std::chrono::steady_clock::now();
    const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(left).count();
    pollfd entry{fd_, POLLOUT, 0};
    return ::poll(&entry, 1, std::max(0, static_cast<int>(std::min<long>(timeout, 1000)))) == 1;
  }

  const int fd_;
  std::atomic<SteadyPoint> give_up_at_ = SteadyPoint::max();
  std::atomic<std::uint64_t> dropped_ = 0;
};

// The logger, its queue and its thread, from set_up_log until the next one or the end of main.
class ActiveLog {
 public:
  ActiveLog(const LogOptions& options, int fd)
      : format(options.format), sink_(std::make_shared<FdSink>(fd)) {
    // Signals are for main's thread, which may not have blocked them yet.
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    queue_ = std::make_shared<spdlog::details::thread_pool>(kQueuedMessages, 1);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    logger_ = std::make_shared<spdlog::async_logger>("holdfast", sink_, queue_,
                                                     spdlog::async_overflow_policy::overrun_oldest);
    logger_->set_pattern(format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})"
                                                   : "time=%Y-%m-%dT%H:%M:%S.%eZ %v",
                         spdlog::pattern_time_type::utc);
    logger_->set_level(to_spdlog(options.level));
    logger_->set_error_handler([](const std::string&) {});  // The default one writes to stderr.
  }
  // spdlog joins its thread, which must not wait for a reader that has stopped reading.
  ~ActiveLog() { sink_->give_up_at(std::chrono::steady_clock::now() + kFlushTimeout); }
  ActiveLog(const ActiveLog&) = delete;
  ActiveLog& operator=(const ActiveLog&) = delete;

  [[nodiscard]] spdlog::logger& logger() const { return *logger_; }
  [[nodiscard]] std::uint64_t dropped() const {
    return sink_->dropped() + queue_->overrun_counter();
  }

  const LogFormat format;

 private:
  std::shared_ptr<FdSink> sink_;
  std::shared_ptr<spdlog::async_logger> logger_;
  std::shared_ptr<spdlog::details::thread_pool> queue_;  // Destroyed first: ends the thread.
};

std::unique_ptr<ActiveLog> active;  // Set once, before other threads start.

struct ValueText {
  LogFormat format;
  std::string operator()(const std::string& value) const {
    const bool fits = value.size() <= kMaxValueBytes && is_utf8(value);
    const std::string text = fits ? value : plain_text(value, kMaxValueBytes);
    return format == LogFormat::logfmt ? quote_logfmt(text) : quote_json(text);
  }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    if (!std::isfinite(value)) return "null";
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
  }
};

std::string render(LogFormat format, std::string_view key, const LogValue& value) {
  const std::string text = std::visit(ValueText{format}, value.get());
  return format == LogFormat::json ? quote_json(key) + ":" + text : std::string(key) + "=" + text;
}

}  // namespace

void set_up_log(const LogOptions& options, int fd) {
  active = nullptr;  // Ends before the next one starts.
  active = std::make_unique<ActiveLog>(options, fd);
}

std::uint64_t log_messages_dropped() { return active ? active->dropped() : 0; }

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!active || !active->logger().should_log(to_spdlog(level))) return;
  const LogFormat format = active->format;
  const char* separator = format == LogFormat::json ? "," : " ";
  std::string line = render(format, "level", name_of(level)) + separator;
  line += render(format, "msg", message);
  for (const auto& [key, value] : fields) line += separator + render(format, key, value);
  active->logger().log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace holdfast
