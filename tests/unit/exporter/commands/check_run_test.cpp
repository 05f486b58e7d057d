// SPDX-License-Identifier: Apache-2.0
#include "exporter/commands/check_run.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>

#include "tests/unit/exporter/commands/check_runs.h"
#include "tests/unit/exporter/config/fake_kinds.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

const Kind* fake_kind_of(std::string_view name) {
  for (const Kind* kind : fake_kinds())
    if (kind->name == name) return kind;
  return nullptr;
}

std::vector<CheckConfig> checks_of(std::size_t count) {
  std::vector<CheckConfig> out(count);
  for (std::size_t i = 0; i < count; ++i) {
    out[i].name = "c" + std::to_string(i);
    out[i].kind = "pm2";
  }
  return out;
}

Outcome outcome_with(Status status, const std::string& code = "") {
  Outcome outcome;
  outcome.status = status;
  if (!code.empty()) outcome.reading.findings = {{code, Severity::critical, "", "text"}};
  return outcome;
}

}  // namespace

TEST_CASE("checks run side by side, and the results keep their order") {
  std::mutex mutex;
  std::condition_variable all_here;
  std::size_t here = 0;
  // Each waits until all three are running: one after the other they would time out.
  const auto meet = [&](Check&, const CheckConfig&) {
    std::unique_lock lock(mutex);
    ++here;
    all_here.notify_all();
    const bool met = all_here.wait_for(lock, 60s, [&] { return here == 3; });
    return outcome_with(met ? Status::ok : Status::critical);
  };
  const std::vector<CheckRun> runs = run_all(checks_of(3), meet, fake_kind_of);
  REQUIRE(runs.size() == 3);
  CHECK(worst_of(runs) == Status::ok);
  CHECK(runs[0].config.name == "c0");
  CHECK(runs[2].config.name == "c2");
}

TEST_CASE("more checks than threads are all run") {
  std::atomic<std::size_t> runs{0};
  const auto count = [&](Check&, const CheckConfig&) {
    ++runs;
    return outcome_with(Status::ok);
  };
  CHECK(run_all(checks_of(1000), count, fake_kind_of).size() == 1000);
  CHECK(runs == 1000);
}

TEST_CASE("a check that cannot be made is unknown and never ok") {
  std::vector<CheckConfig> checks = checks_of(1);
  checks[0].kind = "nothing";
  const auto never = [](Check&, const CheckConfig&) { return outcome_with(Status::ok); };
  const std::vector<CheckRun> runs = run_all(checks, never, fake_kind_of);
  CHECK(worst_of(runs) == Status::unknown);
  CHECK(runs[0].outcome.reading.failure.has_value());
}

TEST_CASE("the worst run decides the exit code, and critical is worse than unknown") {
  struct Row {
    std::vector<Status> statuses;
    int want;
  };
  using enum Status;
  for (const Row& row : {Row{{ok, ok}, 0}, Row{{ok, warning}, 1}, Row{{warning, unknown}, 3},
                         Row{{unknown, critical}, 2}, Row{{critical, ok}, 2}}) {
    std::vector<CheckRun> runs;
    for (const Status status : row.statuses) runs.push_back(run_of("a", "pm2", status, 1ms));
    CHECK(exit_code_of(worst_of(runs)) == row.want);
  }
}

TEST_CASE("with confirmation, bad readings are repeated and good ones count at once") {
  static const Kind kind{.name = "k", .findings = {{"k_fact", "", true}, {"k_sample", "", false}}};
  struct Row {
    const char* name;
    std::vector<Outcome> readings;
    int runs;
    Status want;
  };
  const Outcome good = outcome_with(Status::ok);
  const Outcome bad = outcome_with(Status::critical, "k_sample");
  const Outcome fact = outcome_with(Status::critical, "k_fact");
  for (const Row& row : {Row{"good", {good, bad, bad}, 1, Status::ok},
                         Row{"one lost packet", {bad, good, bad}, 2, Status::ok},
                         Row{"bad three times", {bad, bad, bad, good}, 3, Status::critical},
                         Row{"a fact", {fact, good, good}, 1, Status::critical}}) {
    CAPTURE(row.name);
    int runs = 0;
    CheckConfig config;
    config.confirm = 3;
    const auto run = [&] { return row.readings.at(static_cast<std::size_t>(runs++)); };
    const Outcome outcome = run_confirmed(run, config, kind, [](Duration) { return true; });
    CHECK(outcome.status == row.want);
    CHECK(runs == row.runs);
  }
  int runs = 0;
  const auto run = [&] {
    ++runs;
    return bad;
  };
  CHECK(run_confirmed(run, CheckConfig{}, kind, [](Duration) { return false; }).status ==
        Status::critical);
  CHECK(runs == 1);
}
