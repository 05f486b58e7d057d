// SPDX-License-Identifier: Apache-2.0
// Replies of PM2 as its socket gives them, made up: the shape is PM2 7's, the values are ours.
#pragma once

#include <string>
#include <string_view>

namespace holdfast::pm2_test {

/// Stands in every place of a reply where an environment value stands in a real one.
inline constexpr std::string_view kCanary = "canary-7f3a-never-shown";

/// `json` and `id` in PM2's framing.
inline std::string framed(std::string_view json, std::string_view id) {
  std::string out = "\x12";
  const auto add = [&](const std::string& part) {
    for (int shift = 24; shift >= 0; shift -= 8)
      out += static_cast<char>(part.size() >> shift & 0xFF);
    out += part;
  };
  add("j:" + std::string(json));
  add(std::string(id));
  return out;
}

/// One process as PM2 lists it; `extra` goes among the fields of pm2_env, with a comma in front.
inline std::string process(std::string_view name, int pm_id, std::string_view status,
                           int restarts = 0, std::string_view extra = "") {
  const std::string canary(kCanary);
  return R"({"pid":4711,"name":")" + std::string(name) + R"(","pm_id":)" + std::to_string(pm_id) +
         R"(,"monit":{"memory":61865984,"cpu":2.5},"pm2_env":{"env":{"JWT_SECRET":")" + canary +
         R"(","status":")" + canary + R"("},"JWT_SECRET":")" + canary + R"(","args":[")" + canary +
         R"("],"status":")" + std::string(status) + R"(","restart_time":)" +
         std::to_string(restarts) +
         R"(,"pm_uptime":1762437000000,"created_at":null,"exit_code":0,"max_memory_restart":null,)"
         R"("axm_monitor":{"Event Loop Latency":{"value":"1.25","unit":"ms",)"
         R"("type":"internal/libuv/latency/p50"},"Event Loop Latency p95":{"value":7.5,)"
         R"("type":"internal/libuv/latency/p95"},"HTTP":{"value":")" +
         canary + R"(","type":"HTTP"}})" + std::string(extra) + "}}";
}

inline std::string list_of(std::string_view processes) {
  return R"({"args":[[)" + std::string(processes) + "]]}";
}

}  // namespace holdfast::pm2_test
