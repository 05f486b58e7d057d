// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pm2/reply.h"

#include <array>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "checks/support/pm2/frame.h"
#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

using Json = nlohmann::json;

// The position in the reply; everything that is not needed is `skipped`.
enum class Place : std::uint8_t {
  root,
  args,
  pong,
  list,
  process,
  env,
  monit,
  axm,
  metric,
  skipped
};

// The allow-list: other fields never leave the parser.
struct Field {
  Place place;
  std::string_view key;
  std::optional<double> Pm2Process::*number = nullptr;  // Where its value goes if it is a number.
  Place inside = Place::skipped;                        // The place of an object in it.
};
constexpr std::array kFields{
    Field{Place::root, "args"},
    Field{Place::root, "error"},
    Field{Place::pong, "msg"},
    Field{Place::process, "name"},
    Field{Place::process, "pm_id"},
    Field{Place::process, "pm2_env", nullptr, Place::env},
    Field{Place::process, "monit", nullptr, Place::monit},
    Field{Place::monit, "memory", &Pm2Process::memory_bytes},
    Field{Place::monit, "cpu", &Pm2Process::cpu_percent},
    Field{Place::env, "status"},
    Field{Place::env, "restart_time", &Pm2Process::restarts},
    Field{Place::env, "pm_uptime", &Pm2Process::started_ms},
    Field{Place::env, "exit_code", &Pm2Process::exit_code},
    Field{Place::env, "max_memory_restart", &Pm2Process::memory_limit_bytes},
    Field{Place::env, "pmx_module"},
    Field{Place::env, "axm_monitor", nullptr, Place::axm},
    Field{Place::metric, "value"},
    Field{Place::metric, "type"},
};

Pm2State state_of(std::string_view word) {
  using enum Pm2State;
  if (word == "one-launch-status") return launching;
  if (word == "waiting restart") return waiting_restart;
  for (const Pm2State state : {online, launching, stopping, stopped, errored})
    if (word == name_of(state)) return state;
  return unknown;
}

// Untrusted text, limited to one line.
std::string bounded(std::string_view text, std::size_t max_bytes) {
  std::string out(utf8_prefix(text, max_bytes));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return out;
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

class ReplyReader : public nlohmann::json_sax<Json> {
 public:
  explicit ReplyReader(const Deadline& deadline) : deadline_(deadline) {}

  Pm2Reply reply;
  std::optional<Error> refusal;  // Set if the reader itself stopped.

  bool null() override { return go_on(); }
  bool boolean(bool value) override {
    if (is("pmx_module")) process_.is_module = value;
    return go_on();
  }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_unsigned(number_unsigned_t value) override {
    return number(static_cast<double>(value));
  }
  bool number_float(number_float_t value, const string_t&) override { return number(value); }
  bool binary(binary_t&) override { return go_on(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

  bool string(string_t& text) override {
    take_text(text);
    // The library's own token buffer: most values in it are secrets.
    wipe(text);
    return go_on();
  }

  bool key(string_t& text) override {
    field_ = nullptr;
    for (const Field& known : kFields)
      if (known.place == place() && known.key == text) field_ = &known;
    return go_on();
  }

  bool start_object(std::size_t) override {
    Place next = Place::skipped;
    if (stack_.empty()) {
      next = Place::root;
    } else if (place() == Place::args) {
      next = Place::pong;
    } else if (place() == Place::list) {
      next = Place::process;
      process_ = Pm2Process{};
    } else if (place() == Place::axm) {
      next = Place::metric;
      metric_value_.reset();
      metric_percentile_ = 0;
    } else if (field_) {
      next = field_->inside;
    }
    return enter(next);
  }

  bool start_array(std::size_t) override {
    Place next = Place::skipped;
    if (is("args")) {
      next = Place::args;
    } else if (place() == Place::args && !reply.processes) {
      next = Place::list;
      reply.processes.emplace();
    }
    return enter(next);
  }

  bool end_object() override {
    if (place() == Place::process && !keep_process()) return false;
    if (place() == Place::metric && metric_value_) {
      if (metric_percentile_ == 50) process_.event_loop_p50_ms = metric_value_;
      if (metric_percentile_ == 95) process_.event_loop_p95_ms = metric_value_;
    }
    return leave();
  }
  bool end_array() override { return leave(); }

 private:
  [[nodiscard]] Place place() const { return stack_.empty() ? Place::skipped : stack_.back(); }
  [[nodiscard]] bool is(std::string_view key) const { return field_ && field_->key == key; }

  bool enter(Place next) {
    if (stack_.size() >= kMaxPm2Depth) {
      refusal = Error{Reason::garbage, "read", "PM2 sent a reply that is nested too deeply", ""};
      return false;
    }
    stack_.push_back(next);
    field_ = nullptr;
    return go_on();
  }
  bool leave() {
    stack_.pop_back();
    field_ = nullptr;
    return go_on();
  }

  // Reading the clock costs as much as a token, so it is done rarely.
  bool go_on() {
    static constexpr unsigned kTokensPerClock = 4096;
    if (++tokens_ % kTokensPerClock != 0) return true;
    const auto ended = deadline_.ended();
    if (ended == Reason::stopped) refusal = Error{Reason::stopped, "read", "", ""};
    if (ended == Reason::timed_out)
      refusal = Error{Reason::timed_out, "read", "PM2's reply could not be read in time", ""};
    return !ended;
  }

  bool keep_process() {
    if (reply.processes->size() >= kMaxPm2Processes) {
      refusal = Error{Reason::too_large, "read",
                      "PM2 lists more than " + std::to_string(kMaxPm2Processes) + " processes", ""};
      return false;
    }
    // The old process of a reload ("_old_3") is stopping; its successor is in the list.
    if (process_.pm_id.starts_with("_old_")) return true;
    if (process_.name.empty()) process_.name = "(unnamed)";
    reply.processes->push_back(std::move(process_));
    process_ = Pm2Process{};
    return true;
  }

  bool number(double value) {
    static constexpr double kLargestWhole = 9e15;  // Above it a double is not exact.
    if (is("pm_id")) {
      if (value >= 0 && value <= kLargestWhole)
        process_.pm_id = std::to_string(static_cast<std::int64_t>(value));
    } else if (is("name")) {
      process_.name = "(unnamed)";  // A numeric name is not an expected one.
    } else {
      take_number(value);
    }
    return go_on();
  }

  void take_number(double value) {
    if (!(value >= 0) || !std::isfinite(value)) return;
    if (field_ && field_->number) process_.*field_->number = value;
    if (is("value")) metric_value_ = value;
  }

  void take_text(std::string_view text) {
    if (place() == Place::args) {
      if (reply.version.empty()) reply.version = bounded(text, 40);
    } else if (is("error")) {
      reply.is_error = true;
    } else if (is("msg")) {
      reply.is_pong = text == "pong";
    } else if (is("name")) {
      process_.name = bounded(text, kMaxPm2NameBytes);
    } else if (is("pm_id")) {
      process_.pm_id = bounded(text, 20);
    } else if (is("status")) {
      process_.state = state_of(text);
    } else if (is("type")) {
      // By type, since the displayed names differ between versions of PM2.
      if (text == "internal/libuv/latency/p50") metric_percentile_ = 50;
      if (text == "internal/libuv/latency/p95") metric_percentile_ = 95;
    } else if (const auto value = number_in(text)) {
      take_number(*value);
    }
  }

  const Deadline& deadline_;
  std::vector<Place> stack_;
  const Field* field_ = nullptr;
  Pm2Process process_;
  std::optional<double> metric_value_;
  int metric_percentile_ = 0;
  unsigned tokens_ = 0;
};

}  // namespace

std::string_view name_of(Pm2State state) {
  static constexpr std::array<std::string_view, kPm2StateCount> kNames{
      "online",  "launching",       "stopping", "stopped",
      "errored", "waiting_restart", "missing",  "unknown"};
  return kNames.at(static_cast<std::size_t>(state));
}

Result<Pm2Reply> parse_reply(std::string_view json, const Deadline& deadline) {
  ReplyReader reader(deadline);
  if (Json::sax_parse(json, &reader)) return std::move(reader.reply);
  if (reader.refusal) return std::move(*reader.refusal);
  return Error{Reason::garbage, "read", "PM2 sent a reply that is not JSON", ""};
}

}  // namespace holdfast
