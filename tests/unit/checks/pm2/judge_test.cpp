// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/judge.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>

#include "checks/pm2/state.h"
#include "tests/unit/checks/golden.h"
#include "tests/unit/checks/pm2/watch.h"

using namespace holdfast;
using namespace holdfast::pm2;
using namespace holdfast::pm2_test;

TEST_CASE("expected processes online and a scheduled job stopped are healthy") {
  Watch watch;
  const Reading first = watch.run(healthy(), 0);
  CHECK(first.findings.empty());
  CHECK(status_of(first) == Status::ok);
  CHECK(first.not_judged == Codes{"restarts_per_hour"});
  const Reading second = watch.run(healthy(), 15);
  CHECK(second.not_judged.empty());
  CHECK(second.notes == Codes{"5 of 5 processes up", "PM2 7.0.4"});
  CHECK(sample(second, "pm2_up", {}) == 1);
  CHECK(sample(second, "pm2_process_status", {"api", "0", "online"}) == 1);
  CHECK(sample(second, "pm2_process_status", {"api", "0", "stopped"}) == 0);
  CHECK(sample(second, "pm2_process_start_time_seconds", {"api", "0"}) == kStart);
  CHECK(sample(second, "pm2_processes", {"online"}) == 4);
}

TEST_CASE("an expected process that is not listed is missing, with the pm_id it had") {
  Watch watch;
  watch.run(healthy(), 0);
  Facts without = healthy();
  without.processes.erase(without.processes.begin());
  const Reading gone = watch.run(without, 15);
  CHECK(codes(gone) == Codes{"pm2_process_missing"});
  CHECK(status_of(gone) == Status::critical);
  CHECK(sample(gone, "pm2_process_status", {"api", "0", "missing"}) == 1);
  CHECK(sample(gone, "pm2_process_status", {"api", "0", "online"}) == 0);
  const Reading still = watch.run(without, 30);
  CHECK(sample(still, "pm2_process_status", {"api", "0", "missing"}) == 1);
  CHECK(sample(still, "pm2_process_restarts_total", {"api", "0"}) == std::nullopt);
}

TEST_CASE("each state of a service and of a scheduled job is judged") {
  struct Row {
    Pm2State state;
    bool is_scheduled;
    Codes want;
    Status status;
  };
  const Codes none;
  const Codes down{"pm2_process_not_online"};
  for (const Row& row : {Row{Pm2State::stopped, false, down, Status::critical},
                         Row{Pm2State::errored, false, down, Status::critical},
                         Row{Pm2State::waiting_restart, false, down, Status::warning},
                         Row{Pm2State::stopping, false, down, Status::warning},
                         Row{Pm2State::unknown, false, down, Status::unknown},
                         Row{Pm2State::online, false, none, Status::ok},
                         Row{Pm2State::stopped, true, none, Status::ok},
                         Row{Pm2State::online, true, none, Status::ok},
                         Row{Pm2State::waiting_restart, true, none, Status::ok},
                         Row{Pm2State::errored, true, down, Status::critical}}) {
    CAPTURE(name_of(row.state));
    CAPTURE(row.is_scheduled);
    Facts facts = healthy();
    Pm2Process& subject = facts.processes.at(row.is_scheduled ? 4 : 0);
    subject.state = row.state;
    const Reading reading = judge(settings(), facts, Memory{}, at(0));
    CHECK(codes(reading) == row.want);
    CHECK(status_of(reading) == row.status);
  }
}

TEST_CASE("launching is healthy for a minute, then a warning, then critical") {
  Facts facts = healthy();
  facts.processes[0].state = Pm2State::launching;
  CHECK(status_of(judge(settings(), facts, Memory{}, at(60))) == Status::ok);
  CHECK(status_of(judge(settings(), facts, Memory{}, at(61))) == Status::warning);
  CHECK(status_of(judge(settings(), facts, Memory{}, at(301))) == Status::critical);
}

TEST_CASE("a slow crash loop that is always online is found by its restarts") {
  Watch watch;
  Facts facts = healthy();
  Reading reading = watch.run(facts, 0);
  for (int i = 1; i <= 6; ++i) {
    facts.processes[0].restarts = i;
    reading = watch.run(facts, 30.0 * i);
    CAPTURE(i);
    CHECK(status_of(reading) == (i <= 5 ? Status::ok : Status::warning));
  }
  CHECK(codes(reading) == Codes{"pm2_restarts"});
  CHECK(sample(reading, "pm2_process_restarts_last_hour", {"api", "0"}) == 6);
  // An hour later they no longer count, and nothing else has happened.
  for (double when = 240; when <= 4000; when += 240) reading = watch.run(facts, when);
  CHECK(reading.findings.empty());
  CHECK(sample(reading, "pm2_process_restarts_last_hour", {"api", "0"}) == 0);
}

TEST_CASE("a counter that was reset starts a new history, never a negative rate") {
  Watch watch;
  Facts facts = healthy();
  facts.processes[0].restarts = 100;
  watch.run(facts, 0);
  facts.processes[0].restarts = 110;
  CHECK(codes(watch.run(facts, 15)) == Codes{"pm2_restarts"});
  facts.processes[0].restarts = 2;  // `pm2 reset`, then two restarts.
  const Reading reset = watch.run(facts, 30);
  CHECK(reset.findings.empty());
  CHECK(sample(reset, "pm2_process_restarts_last_hour", {"api", "0"}) == 2);
}

TEST_CASE("restarts before the first run, or in a gap between runs, do not count for this hour") {
  Watch watch;
  Facts facts = healthy();
  facts.processes[0].restarts = 500;
  CHECK(watch.run(facts, 0).findings.empty());
  facts.processes[0].restarts = 600;
  const Reading later = watch.run(facts, 86400);
  CHECK(later.findings.empty());
  CHECK(later.not_judged == Codes{"restarts_per_hour"});
}

TEST_CASE("a wave of restarts is one finding, which names the processes and expires") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  for (std::size_t i = 0; i < 3; ++i) facts.processes[i].restarts = 7;
  Reading reading = watch.run(facts, 15);
  CHECK(codes(reading) == Codes{"pm2_restarted_together"});
  CHECK(status_of(reading) == Status::warning);
  reading = watch.run(facts, 120);
  CHECK(codes(reading) == Codes{"pm2_restarted_together"});
  // When the wave no longer stands, each that is over its limit speaks for itself.
  reading = watch.run(facts, 136);
  CHECK(codes(reading) == Codes{"pm2_restarts", "pm2_restarts", "pm2_restarts"});
}

TEST_CASE("one restart, or two of many processes, is no wave; neither are scheduled jobs") {
  Watch watch;
  watch.s.expect = {"api", "worker", "bot", "baileys", "fifth"};
  Facts facts = healthy();
  facts.processes.push_back(online("fifth", "5"));
  watch.run(facts, 0);
  facts.processes[0].restarts = facts.processes[1].restarts = 1;
  facts.processes[4].restarts = 1;  // The nightly job.
  CHECK(watch.run(facts, 15).findings.empty());
}

TEST_CASE("a new daemon is one finding, and its counters start again") {
  Watch watch;
  Facts facts = healthy();
  facts.processes[0].restarts = 3;
  watch.run(facts, 0);
  facts.daemon_pid = 950;
  for (Pm2Process& p : facts.processes) p.restarts = 10;
  Reading reading = watch.run(facts, 15);
  CHECK(codes(reading) == Codes{"pm2_daemon_replaced"});
  reading = watch.run(facts, 120);
  CHECK(codes(reading) == Codes{"pm2_daemon_replaced"});
  reading = watch.run(facts, 136);
  CHECK(reading.findings.empty());
}

TEST_CASE("instances of one name are distinguished, and one of them down is only a warning") {
  Facts facts = healthy();
  facts.processes.push_back(in_state(online("api", "7"), Pm2State::stopped, 1.0));
  facts.processes.push_back(in_state(online("api", "8"), Pm2State::errored, 1.0));
  const Reading reading = judge(settings(), facts, Memory{}, at(0));
  REQUIRE(codes(reading) == Codes{"pm2_process_not_online", "pm2_process_not_online"});
  CHECK(reading.findings[0].subject == "api:7");
  CHECK(reading.findings[1].subject == "api:8");
  CHECK(status_of(reading) == Status::warning);
  CHECK(sample(reading, "pm2_process_status", {"api", "7", "stopped"}) == 1);
}

TEST_CASE("without `expect`, every process is judged except PM2 modules") {
  Settings open = settings();
  open.expect.clear();
  open.scheduled.clear();
  Facts facts = healthy();
  Pm2Process module = in_state(online("pm2-logrotate", "9"), Pm2State::errored);
  module.is_module = true;
  facts.processes.push_back(module);
  const Reading reading = judge(open, facts, Memory{}, at(0));
  // The nightly job is not known as one now, so that it is stopped is worth a warning.
  REQUIRE(codes(reading) == Codes{"pm2_process_not_online"});
  CHECK(reading.findings[0].subject == "nightly");
  CHECK(status_of(reading) == Status::warning);
  facts.processes.clear();
  CHECK(status_of(judge(open, facts, Memory{}, at(0))) == Status::warning);
}

TEST_CASE("an unexpected process and another home are info, which changes no status") {
  Facts facts = healthy();
  facts.processes.push_back(online("stray", "6"));
  facts.homes = std::vector<Pm2Home>{{900, "/srv/app/.pm2/"}, {77, "/home/eve/.pm2"}};
  Watch watch;
  const Reading reading = watch.run(facts, 0);
  CHECK(codes(reading) == Codes{"pm2_process_unexpected", "pm2_other_home"});
  CHECK(status_of(reading) == Status::ok);
  // Homes are not searched for in each run; the info stays.
  facts.homes.reset();
  CHECK(codes(watch.run(facts, 15)) == Codes{"pm2_process_unexpected", "pm2_other_home"});
  watch.s.other_homes = {"/home/eve/.pm2"};
  CHECK(codes(watch.run(facts, 30)) == Codes{"pm2_process_unexpected"});
}

TEST_CASE("memory and CPU are shown only of a process that is online") {
  Facts facts = healthy();
  facts.processes[0].state = Pm2State::waiting_restart;
  facts.processes[1].memory_bytes = 0;  // PM2's own failure to measure.
  Settings limited = settings();
  limited.memory = {.unit = Unit::bytes, .warning = 1.0};
  const Reading reading = judge(limited, facts, Memory{}, at(0));
  CHECK(sample(reading, "pm2_process_memory_bytes", {"api", "0"}) == std::nullopt);
  CHECK(sample(reading, "pm2_process_start_time_seconds", {"api", "0"}) == std::nullopt);
  CHECK(sample(reading, "pm2_process_restarts_total", {"api", "0"}) == 0);
  CHECK(std::ranges::count(codes(reading), "pm2_process_memory") == 2);
}

TEST_CASE("when PM2 does not answer, expected processes are unknown and the memory is unchanged") {
  Watch watch;
  watch.run(healthy(), 0);
  const Reading failed = judge_failure(watch.s, Error{Reason::hung, "read", "hangs", ""},
                                       watch.memory, std::vector<Pm2Home>{{5, "/other/.pm2"}});
  CHECK(failed.failure.has_value());
  CHECK_FALSE(failed.memory.has_value());
  CHECK(status_of(failed) == Status::critical);
  CHECK(sample(failed, "pm2_up", {}) == 0);
  CHECK(sample(failed, "pm2_process_status", {"api", "0", "unknown"}) == 1);
  CHECK(sample(failed, "pm2_process_status", {"api", "0", "online"}) == 0);
  CHECK(codes(failed) == Codes{"pm2_other_home"});
  // Also without any complete run before.
  const Reading blind = judge_failure(watch.s, Error{}, Memory{}, std::nullopt);
  CHECK(sample(blind, "pm2_process_status", {"nightly", "", "unknown"}) == 1);
}

TEST_CASE("a reading has no duplicate series or finding, whatever PM2 lists") {
  Facts facts = healthy();
  for (int i = 0; i < 3; ++i) facts.processes.push_back(online("twin", ""));
  facts.processes.push_back(in_state(online("api", "0"), Pm2State::errored));
  const Reading reading = judge(settings(), facts, Memory{}, at(0));
  std::set<std::pair<std::string, std::vector<std::string>>> series;
  for (const Sample& s : reading.samples)
    CHECK(series.emplace(std::string(s.spec->name), s.labels).second);
  std::set<std::pair<std::string, std::string>> found;
  for (const Finding& f : reading.findings) CHECK(found.emplace(f.code, f.subject).second);
}

TEST_CASE("an unreadable memory, or one of a thousand processes, does no harm") {
  using nlohmann::json;
  const json usual = {{"version", 1}, {"at", kStart - 15}, {"daemon_pid", 900}};
  for (const char* patch :
       {R"({"processes": "not a list"})", R"({"processes": [1]})", R"({"daemon_pid": "text"})",
        R"({"processes": [{"name": "api", "pm_id": "0", "restarts": {"minutes": [[1]]}}]})",
        R"({"wave": {"at": 1e300, "names": ["api"]}})", R"({"homes": {"/root": null}})",
        R"({"last_ids": []})", R"({"version": 0})", R"({"version": null})"}) {
    CAPTURE(patch);
    json strange = usual;
    strange.merge_patch(json::parse(patch));
    CHECK(judge(settings(), healthy(), Memory(strange), at(0)).findings.empty());
  }

  Settings open = settings();
  open.expect.clear();
  open.scheduled.clear();
  Facts crowd = healthy();
  crowd.processes.clear();
  for (int i = 0; i < 1000; ++i)
    crowd.processes.push_back(online(std::string(195, 'x') + std::to_string(i), std::to_string(i)));
  Memory memory;
  for (int minute = 0; minute < 70; ++minute) {
    for (Pm2Process& p : crowd.processes) p.restarts = *p.restarts + 1000;
    memory = judge(open, crowd, memory, at(60.0 * minute)).memory.value();
  }
  CHECK(memory.bytes() < kMaxMemoryBytes);
}

TEST_CASE("the findings' texts") {
  Watch watch;
  watch.s.memory = {.unit = Unit::bytes, .warning = 512.0 * 1024 * 1024};
  watch.s.event_loop = {.unit = Unit::seconds, .warning = 0.2};
  Facts facts = healthy();
  watch.run(facts, 0);
  std::ostringstream out;
  std::set<std::string_view> undone;  // Every code of the kind occurs below.
  for (const FindingSpec& spec : pm2_kind().findings) undone.insert(spec.code);
  const std::set<std::string_view> declared = undone;
  const auto render = [&](const Reading& reading) {
    for (const Finding& f : reading.findings) {
      CHECK(declared.contains(f.code));
      undone.erase(f.code);
      out << name_of(f.severity) << " " << f.code << " [" << f.subject << "]\n  " << f.text << "\n";
    }
  };
  facts.processes = {in_state(online("api", "0"), Pm2State::stopped, 1.0),
                     in_state(online("worker", "1"), Pm2State::errored, 1.0),
                     in_state(online("bot", "2"), Pm2State::waiting_restart, 137.0),
                     in_state(online("nightly", "4"), Pm2State::stopped, 2.0),
                     online(std::string(100, 'n'), "6")};
  facts.homes = std::vector<Pm2Home>{{77, "/home/eve/.pm2"}};
  render(watch.run(facts, 15));
  facts = healthy();
  facts.processes[0].state = Pm2State::launching;
  facts.processes[1].state = Pm2State::stopping;
  facts.processes[2].state = Pm2State::unknown;
  facts.processes[3].memory_bytes = 612.0 * 1024 * 1024;
  facts.processes[3].event_loop_p95_ms = 350;
  render(watch.run(facts, 200));
  facts = healthy();
  facts.processes[0].restarts = 6;
  facts.processes[1].memory_bytes = 480.0 * 1024 * 1024;
  facts.processes[1].memory_limit_bytes = 500.0 * 1024 * 1024;
  render(watch.run(facts, 290));
  for (std::size_t i = 1; i < 4; ++i) facts.processes[i].restarts = 25;
  render(watch.run(facts, 305));
  facts.daemon_pid = 950;
  facts.processes.clear();
  watch.s.expect.clear();
  watch.s.scheduled.clear();
  render(watch.run(facts, 3000));

  CHECK(undone.empty());
  CHECK(find_kind("pm2") == &pm2_kind());
  CHECK(out.str() == testing::golden("findings/pm2.txt", out.str()));
}
