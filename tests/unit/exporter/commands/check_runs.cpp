// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/commands/check_runs.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/exporter/config/fake_kinds.h"
#include "tests/unit/source_dir.h"

namespace holdfast::testing {

using namespace std::chrono_literals;

CheckRun run_of(std::string name, std::string kind, Status status, Duration took) {
  CheckRun run;
  run.config.name = std::move(name);
  run.config.kind = std::move(kind);
  run.outcome.status = status;
  run.outcome.ended.steady = run.outcome.started.steady + took;
  return run;
}

std::vector<CheckRun> usual_runs() {
  static const MetricSpec kLatency{
      "postgres_query_duration_seconds", MetricType::histogram, "", {}, {0.1, 1}, false};
  static const MetricSpec kFailures{"postgres_failures_total", MetricType::counter, "", {"phase"}};
  static const MetricSpec kExpiry{"postgres_certificate_not_after_timestamp_seconds"};
  static const MetricSpec kSize{"postgres_database_size_bytes"};
  static const MetricSpec kCommits{"postgres_commits_total", MetricType::counter};
  static const MetricSpec kWaiting{"pool_waiting_clients", MetricType::gauge, "", {"pool"}};
  std::vector<CheckRun> out{run_of("timeweb", "postgres", Status::ok, 95ms),
                            run_of("pool", "pool", Status::warning, 12ms),
                            run_of("sessions", "whatsapp", Status::critical, 1200ms),
                            run_of("services", "pm2", Status::unknown, 5s)};
  out[0].config.database = Database{.name = "timeweb", .host = "db.example.net", .dbname = "app"};
  out[0].outcome.reading.notes = {"TLSv1.3, certificate good for 61 d"};
  out[0].outcome.reading.samples = {{&kLatency, {}, 0.0012, SampleKind::observe},
                                    {&kFailures, {"tcp"}, 0, SampleKind::add},
                                    {&kFailures, {"tls"}, 1, SampleKind::add},
                                    {&kExpiry, {}, 1'826'920'000},
                                    {&kSize, {}, 9'731'430},
                                    {&kCommits, {}, 12'345'678}};
  out[0].outcome.trace.add("resolve", 1200us, "db.example.net is 192.0.2.7");
  out[0].outcome.trace.add("tcp", 24ms, "connected to 192.0.2.7:5432");
  out[0].outcome.trace.add("judge", 0s, "all values are within their limits");
  out[1].outcome.reading.samples = {{&kWaiting, {"app"}, 3}};
  out[1].outcome.reading.findings = {
      {"pool_clients_waiting", Severity::warning, "app",
       "3 clients wait for a connection of pool app; the limit is 0"}};
  out[2].outcome.reading.findings = {
      {"whatsapp_prekeys_low", Severity::info, "", "9 pre-keys are left"},
      {"whatsapp_keys_lost", Severity::critical, "", "200 of 728 keys are gone within 24 h"}};
  out[2].outcome.reading.not_judged = {"drop", "expiring"};
  out[3].outcome.reading.failure = Error{Reason::no_right, "connect", "", ""};
  return out;
}

CheckRun hostile_run() {
  CheckRun run = run_of("evil", "pm2", Status::critical, 1ms);
  const std::string nasty =
      "a|b \"q\" <b> `x` \x1b[31m\r\n\xff \xe2\x80\xae" + std::string(10'000, 'n');
  run.outcome.reading.findings = {{"pm2_restarts", Severity::critical, nasty, nasty}};
  run.outcome.reading.notes = {nasty};
  run.outcome.trace.add(nasty, 1ms, nasty);
  return run;
}

void check_golden(const std::string& path, const std::string& text) {
  const std::string file = "tests/golden/" + path;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    std::ofstream out(holdfast::test::source_dir() + "/" + file);
    out << text;
    REQUIRE(out.good());
    return;
  }
  CAPTURE(file);
  CHECK(text == read_source_file(file));
}

}  // namespace holdfast::testing
