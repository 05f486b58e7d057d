// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/history/script.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <sstream>

#include "exporter/history/history_writer.h"
#include "tests/unit/exporter/history/faulty_disk.h"

using namespace std::chrono_literals;

namespace holdfast::test {

ScratchFolder::ScratchFolder()
    : name_((std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string()) {
  REQUIRE(::mkdtemp(name_.data()) != nullptr);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(name_, ignored);
}

bool ScratchFolder::has_set_aside() const {
  for (const auto& entry : std::filesystem::directory_iterator(name_))
    if (entry.path().string().find(".damaged-") != std::string::npos) return true;
  return false;
}

void HandClock::pass(Duration time) {
  moment.wall += std::chrono::duration_cast<WallTime::duration>(time);
  moment.awake += time;
  moment.since_boot += time;
}

WallTime script_time(int step) { return WallTime(1'700'000'000s) + step * 15s; }

Observation script_step(int step, std::size_t filler) {
  const WallTime at = script_time(step);
  Observation out;
  out.check = kScriptCheck;
  out.kind = "fake";
  out.began = at;
  out.at = at;
  out.valid_until = at + 27s;
  out.raw = out.confirmed = step % 3 == 2 ? Status::critical : Status::ok;
  if (step % 3 == 2)
    out.incidents = {{kScriptCheck,
                      Severity::critical,
                      at,
                      std::nullopt,
                      {{"fake_sample", Severity::critical, "api", "It is bad."}},
                      0}};
  out.latencies = {0.001 * (1 + step % 50), 0.25};
  out.shows_use = true;
  out.memory = Memory(nlohmann::json{
      {"step", step}, {"filler", std::string(filler, static_cast<char>('a' + step % 26))}});
  return out;
}

std::unique_ptr<History> open_on(const std::string& file, const HandClock& clock,
                                 const FaultyDisk* disk) {
  HistoryOptions options;
  options.path = file;
  options.clock = &clock;
  options.writes_by_itself = false;
  options.vfs = disk ? disk->name() : nullptr;
  return make_history(options);
}

std::string script_state(History& history) {
  const auto found = history.evidence({script_time(-10), script_time(1'000'000)}, {kScriptCheck});
  REQUIRE(found);
  const CheckEvidence& check = found->checks.at(0);
  std::ostringstream out;
  for (const StatusSpan& one : check.spans)
    out << to_file_time(one.span.begin) << ".." << to_file_time(one.span.end) << "="
        << static_cast<int>(one.raw) << static_cast<int>(one.confirmed) << " ";
  for (const IncidentRecord& one : check.incidents)
    out << "incident " << to_file_time(one.since) << ".."
        << (one.until ? to_file_time(*one.until) : 0) << " " << one.findings.size() << " ";
  for (const WallTime at : check.use) out << "use " << to_file_time(at) << " ";
  for (const LatencySlice& one : check.latency)
    out << "latency " << one.values.count() << " " << std::hash<std::string>()(one.values.encode())
        << " ";
  const Memory memory = history.recall(kScriptCheck);
  out << "memory " << memory.object().value("step", -1) << " "
      << std::hash<std::string>()(memory.object().value("filler", ""));
  return out.str();
}

}  // namespace holdfast::test
