// SPDX-License-Identifier: Apache-2.0
// A list of processes that is watched run by run, for the tests of kind `pm2`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checks/pm2/judge.h"

namespace holdfast::pm2_test {

using namespace pm2;

inline constexpr double kStart =
    1762437000;  // A round moment; all times of this test come after it.

inline Settings settings() {
  Settings s;
  s.home = "/srv/app/.pm2";
  s.expect = {"api", "worker", "bot", "baileys"};
  s.scheduled = {"nightly"};
  s.restarts = {.unit = Unit::count, .warning = 5.0, .critical = 20.0};
  s.launching = {.unit = Unit::seconds, .warning = 60.0, .critical = 300.0};
  return s;
}

inline Pm2Process online(std::string name, std::string pm_id, double restarts = 0) {
  Pm2Process p;
  p.name = std::move(name);
  p.pm_id = std::move(pm_id);
  p.state = Pm2State::online;
  p.restarts = restarts;
  p.started_ms = kStart * 1000;
  p.memory_bytes = 64.0 * 1024 * 1024;
  return p;
}

inline Pm2Process in_state(Pm2Process p, Pm2State state, std::optional<double> exit_code = {}) {
  p.state = state;
  p.exit_code = exit_code;
  return p;
}

inline Facts healthy() {
  Facts f;
  f.version = "7.0.4";
  f.daemon_pid = 900;
  f.processes = {online("api", "0"), online("worker", "1"), online("bot", "2"),
                 online("baileys", "3"), in_state(online("nightly", "4"), Pm2State::stopped, 0.0)};
  f.homes.emplace();
  return f;
}

inline Now at(double after_start) {
  return {std::chrono::system_clock::time_point(
              std::chrono::duration_cast<std::chrono::system_clock::duration>(
                  std::chrono::duration<double>(kStart + after_start))),
          {}};
}

inline std::vector<std::string> codes(const Reading& reading) {
  std::vector<std::string> out;
  for (const Finding& f : reading.findings) out.push_back(f.code);
  return out;
}

inline std::vector<std::string> texts(const Reading& reading) {
  std::vector<std::string> out;
  for (const Finding& f : reading.findings) out.push_back(f.text);
  return out;
}

inline std::optional<double> sample(const Reading& reading, std::string_view metric,
                                    const std::vector<std::string>& labels) {
  for (const Sample& s : reading.samples)
    if (s.spec->name == metric && s.labels == labels) return s.value;
  return std::nullopt;
}

/// One check over several runs.
struct Watch {
  Settings s = settings();
  Memory memory{};
  Reading run(const Facts& facts, double when) {
    Reading reading = judge(s, facts, memory, at(when));
    memory = reading.memory.value();
    return reading;
  }
};

using Codes = std::vector<std::string>;
using Texts = std::vector<std::string>;

}  // namespace holdfast::pm2_test
