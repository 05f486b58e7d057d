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

enum class Field : std::uint8_t {
  other,
  args,
  error,
  msg,
  name,
  pm_id,
  pm2_env,
  monit,
  memory,
  cpu,
  status,
  restart_time,
  pm_uptime,
  exit_code,
  max_memory_restart,
  pmx_module,
  axm_monitor,
  value,
  metric_type
};

struct FieldName {
  Place place;
  std::string_view key;
  Field field;
};
// The allow-list: other fields never leave the parser.
constexpr std::array kFields{
    FieldName{Place::root, "args", Field::args},
    FieldName{Place::root, "error", Field::error},
    FieldName{Place::pong, "msg", Field::msg},
    FieldName{Place::process, "name", Field::name},
    FieldName{Place::process, "pm_id", Field::pm_id},
    FieldName{Place::process, "pm2_env", Field::pm2_env},
    FieldName{Place::process, "monit", Field::monit},
    FieldName{Place::monit, "memory", Field::memory},
    FieldName{Place::monit, "cpu", Field::cpu},
    FieldName{Place::env, "status", Field::status},
    FieldName{Place::env, "restart_time", Field::restart_time},
    FieldName{Place::env, "pm_uptime", Field::pm_uptime},
    FieldName{Place::env, "exit_code", Field::exit_code},
    FieldName{Place::env, "max_memory_restart", Field::max_memory_restart},
    FieldName{Place::env, "pmx_module", Field::pmx_module},
    FieldName{Place::env, "axm_monitor", Field::axm_monitor},
    FieldName{Place::metric, "value", Field::value},
    FieldName{Place::metric, "type", Field::metric_type},
};

Pm2State state_of(std::string_view word) {
  static constexpr std::array<std::pair<std::string_view, Pm2State>, 7> kWords{{
      {"online", Pm2State::online},
      {"launching", Pm2State::launching},
      {"one-launch-status", Pm2State::launching},
      {"stopping", Pm2State::stopping},
      {"stopped", Pm2State::stopped},
      {"errored", Pm2State::errored},
      {"waiting restart", Pm2State::waiting_restart},
  }};
  for (const auto& [known, state] : kWords)
    if (word == known) return state;
  return Pm2State::unknown;
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
    if (field_ == Field::pmx_module && place() == Place::env) process_.is_module = value;
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
    field_ = Field::other;
    for (const FieldName& known : kFields)
      if (known.place == place() && known.key == text) field_ = known.field;
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
    } else if (place() == Place::process && field_ == Field::pm2_env) {
      next = Place::env;
    } else if (place() == Place::process && field_ == Field::monit) {
      next = Place::monit;
    } else if (place() == Place::env && field_ == Field::axm_monitor) {
      next = Place::axm;
    } else if (place() == Place::axm) {
      next = Place::metric;
      metric_value_.reset();
      metric_percentile_ = 0;
    }
    return enter(next);
  }

  bool start_array(std::size_t) override {
    Place next = Place::skipped;
    if (!stack_.empty() && place() == Place::root && field_ == Field::args) {
      next = Place::args;
    } else if (!stack_.empty() && place() == Place::args && !reply.processes) {
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

  bool enter(Place next) {
    if (stack_.size() >= kMaxPm2Depth) {
      refusal = Error{Reason::garbage, "read", "PM2 sent a reply that is nested too deeply", ""};
      return false;
    }
    stack_.push_back(next);
    field_ = Field::other;
    return go_on();
  }
  bool leave() {
    stack_.pop_back();
    field_ = Field::other;
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
    if (place() == Place::process && field_ == Field::pm_id) {
      if (value >= 0 && value <= kLargestWhole)
        process_.pm_id = std::to_string(static_cast<std::int64_t>(value));
    } else if (field_ == Field::name) {
      process_.name = "(unnamed)";  // A numeric name is not an expected one.
    } else {
      take_number(value);
    }
    return go_on();
  }

  void take_number(double value) {
    if (!(value >= 0) || !std::isfinite(value)) return;
    switch (field_) {
      case Field::memory:
        process_.memory_bytes = value;
        break;
      case Field::cpu:
        process_.cpu_percent = value;
        break;
      case Field::restart_time:
        process_.restarts = value;
        break;
      case Field::pm_uptime:
        process_.started_ms = value;
        break;
      case Field::exit_code:
        process_.exit_code = value;
        break;
      case Field::max_memory_restart:
        process_.memory_limit_bytes = value;
        break;
      case Field::value:
        metric_value_ = value;
        break;
      default:
        break;
    }
  }

  void take_text(std::string_view text) {
    if (place() == Place::args) {
      if (reply.version.empty()) reply.version = bounded(text, 40);
      return;
    }
    switch (field_) {
      case Field::error:
        reply.is_error = true;
        break;
      case Field::msg:
        reply.is_pong = text == "pong";
        break;
      case Field::name:
        process_.name = bounded(text, kMaxPm2NameBytes);
        break;
      case Field::pm_id:
        process_.pm_id = bounded(text, 20);
        break;
      case Field::status:
        process_.state = state_of(text);
        break;
      case Field::metric_type:
        // By type, since the displayed names differ between versions of PM2.
        if (text == "internal/libuv/latency/p50") metric_percentile_ = 50;
        if (text == "internal/libuv/latency/p95") metric_percentile_ = 95;
        break;
      default:
        if (field_ != Field::other)
          if (const auto value = number_in(text)) take_number(*value);
    }
  }

  const Deadline& deadline_;
  std::vector<Place> stack_;
  Field field_ = Field::other;
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
