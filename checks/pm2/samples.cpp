// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "checks/pm2/judge_parts.h"

namespace holdfast::pm2 {
namespace {

void add(std::vector<Sample>& out, std::string_view metric, std::vector<std::string> labels,
         double value) {
  out.push_back({&pm2_kind().metric(metric), std::move(labels), value});
}

void add_states(std::vector<Sample>& out, const std::vector<Row>& rows) {
  for (const Row& row : rows)
    for (std::size_t i = 0; i < kPm2StateCount; ++i) {
      const auto state = static_cast<Pm2State>(i);
      add(out, "pm2_process_status", {row.name, row.pm_id, std::string(name_of(state))},
          row.state == state ? 1 : 0);
    }
}

void add_measurements(std::vector<Sample>& out, const Row& row) {
  const Pm2Process& process = *row.process;
  const std::vector<std::string> labels{row.name, row.pm_id};
  const auto offer = [&](std::string_view metric, const std::optional<double>& value,
                         double factor) {
    if (value) add(out, metric, labels, *value * factor);
  };
  offer("pm2_process_restarts_total", process.restarts, 1);
  offer("pm2_process_restarts_last_hour", row.restarts_in_hour, 1);
  // For a process that is not online PM2 reports a memory of 0 and its last start time.
  if (process.state != Pm2State::online) return;
  offer("pm2_process_memory_bytes", process.memory_bytes, 1);
  offer("pm2_process_cpu_ratio", process.cpu_percent, 0.01);
  offer("pm2_process_start_time_seconds", process.started_ms, 0.001);
  for (const auto& [percentile, value] :
       {std::pair("50", process.event_loop_p50_ms), std::pair("95", process.event_loop_p95_ms)})
    if (value)
      add(out, "pm2_process_event_loop_latency_seconds", {row.name, row.pm_id, percentile},
          *value * 0.001);
}

}  // namespace

std::vector<Sample> samples_of(const Facts& facts, const std::vector<Row>& rows) {
  std::vector<Sample> out;
  add(out, "pm2_up", {}, 1);
  if (!facts.version.empty()) add(out, "pm2_info", {facts.version}, 1);
  std::array<double, kPm2StateCount> counts{};
  for (const Row& row : rows) counts.at(static_cast<std::size_t>(row.state)) += 1;
  for (std::size_t i = 0; i < kPm2StateCount; ++i)
    add(out, "pm2_processes", {std::string(name_of(static_cast<Pm2State>(i)))}, counts.at(i));
  add_states(out, rows);
  for (const Row& row : rows)
    if (row.process) add_measurements(out, row);
  return out;
}

std::vector<Sample> samples_of_failure(const std::vector<Row>& rows) {
  std::vector<Sample> out;
  add(out, "pm2_up", {}, 0);
  add_states(out, rows);
  return out;
}

}  // namespace holdfast::pm2
