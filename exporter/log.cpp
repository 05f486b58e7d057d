// SPDX-License-Identifier: Apache-2.0
#include "exporter/log.h"

#include <poll.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <ctime>
#include <memory>
#include <mutex>

#include "exporter/plain_text.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

// A line longer than this is nobody's reading; the finding itself is on the status page.
constexpr std::size_t kMaxValueBytes = 1000;
// A reader of stderr that has stopped reading must not stop the daemon: such lines are dropped.
constexpr int kPatienceMilliseconds = 100;

std::shared_ptr<spdlog::logger> logger;  // Set once, before other threads start.
LogFormat log_format = LogFormat::logfmt;

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      break;
  }
  return "error";
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warn:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

// A JSON string, which logfmt's readers take too.
std::string in_quotes(std::string_view value) {
  std::string out = "\"";
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7F) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(byte));
      out += code.data();
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool is_plain_word(std::string_view value) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/+@";
  return !value.empty() && value.find_first_not_of(kPlain) == std::string_view::npos;
}

std::string bounded(std::string_view value) {
  const bool fits = value.size() <= kMaxValueBytes && is_utf8(value);
  return fits ? std::string(value) : plain_text(value, kMaxValueBytes);
}

std::string render(LogFormat format, std::string_view key, std::string_view value) {
  const std::string text = bounded(value);
  if (format == LogFormat::json) return in_quotes(key) + ":" + in_quotes(text);
  return std::string(key) + "=" + (is_plain_word(text) ? text : in_quotes(text));
}

// Message and fields: what spdlog carries as the payload of one event.
std::string render_payload(LogFormat format, std::string_view message,
                           std::initializer_list<LogField> fields) {
  const char separator = format == LogFormat::json ? ',' : ' ';
  std::string out = render(format, "msg", message);
  for (const auto& [key, value] : fields) out += separator + render(format, key, value);
  return out;
}

std::string frame(LogFormat format, std::string_view time, std::string_view level,
                  std::string_view payload) {
  const bool is_json = format == LogFormat::json;
  const std::string separator = is_json ? "," : " ";
  std::string line = render(format, "time", time) + separator + render(format, "level", level) +
                     separator + std::string(payload);
  return is_json ? "{" + line + "}" : line;
}

std::string render_time(spdlog::log_clock::time_point at) {
  const auto since = at.time_since_epoch();
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(since - whole).count();
  const std::time_t second = whole.count();
  std::tm parts{};
  ::gmtime_r(&second, &parts);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + length, text.size() - length, ".%03dZ", static_cast<int>(rest));
  return text.data();
}

class LineFormatter : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const LogLevel level = message.level <= spdlog::level::debug  ? LogLevel::debug
                           : message.level == spdlog::level::info ? LogLevel::info
                           : message.level == spdlog::level::warn ? LogLevel::warn
                                                                  : LogLevel::error;
    const std::string_view payload(message.payload.data(), message.payload.size());
    const std::string line =
        frame(format_, render_time(message.time), name_of(level), payload) + "\n";
    out.append(line.data(), line.data() + line.size());
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  LogFormat format_;
};

class FdSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FdSink(int fd) : fd_(fd) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    pollfd entry{fd_, POLLOUT, 0};
    if (::poll(&entry, 1, kPatienceMilliseconds) != 1) return;
    [[maybe_unused]] const auto written = ::write(fd_, line.data(), line.size());
  }
  void flush_() override {}

 private:
  int fd_;
};

}  // namespace

void set_up_log(const LogOptions& options, int fd) {
  log_format = options.format;
  logger = std::make_shared<spdlog::logger>("holdfast", std::make_shared<FdSink>(fd));
  logger->set_formatter(std::make_unique<LineFormatter>(options.format));
  logger->set_level(to_spdlog(options.level));
}

void log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!logger || !logger->should_log(to_spdlog(level))) return;
  const std::string payload = render_payload(log_format, message, fields);
  logger->log(to_spdlog(level), spdlog::string_view_t(payload.data(), payload.size()));
}

std::string render_log_line(LogFormat format, std::string_view time, LogLevel level,
                            std::string_view message, std::initializer_list<LogField> fields) {
  return frame(format, time, name_of(level), render_payload(format, message, fields));
}

}  // namespace holdfast
