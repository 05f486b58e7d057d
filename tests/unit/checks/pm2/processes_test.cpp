// SPDX-License-Identifier: Apache-2.0
// One process, PM2's daemon and other homes: the limits of each finding, and what is kept.
#include <doctest/doctest.h>

#include <algorithm>

#include "checks/pm2/judge.h"
#include "checks/pm2/state.h"
#include "tests/unit/checks/pm2/watch.h"

using namespace holdfast;
using namespace holdfast::pm2;
using namespace holdfast::pm2_test;

TEST_CASE("a scheduled job has failed if its last exit code is known and not 0") {
  for (const auto& [exit_code, want] :
       {std::pair(std::optional<double>(), Texts{}), std::pair(std::optional(0.0), Texts{}),
        std::pair(std::optional(1.0),
                  Texts{"The scheduled job nightly last ended with exit code 1."})}) {
    CAPTURE(exit_code);
    Facts facts = healthy();
    facts.processes[4].exit_code = exit_code;
    CHECK(texts(Watch{}.run(facts, 0)) == want);
    facts.processes[4].state = Pm2State::stopping;  // Not ended yet.
    CHECK(texts(Watch{}.run(facts, 0)).empty());
  }
}

TEST_CASE("a process that launches since an unknown time is not late") {
  Facts facts = healthy();
  facts.processes[0].state = Pm2State::launching;
  facts.processes[0].started_ms.reset();
  CHECK(texts(Watch{}.run(facts, 0)).empty());
}

TEST_CASE("memory is compared with the limit of the config and with PM2's own") {
  struct Row {
    std::optional<double> memory, own_limit;
    Texts want;
  };
  const std::string over = "api uses 101 B of memory (limit 100 B).";
  for (const Row& row :
       std::vector<Row>{{90, 100, {}},
                        {91, 100, {"api uses 91 B of memory; PM2 restarts it at 100 B."}},
                        {100, {}, {}},
                        {100, 0, {}},
                        {101, {}, {over}},
                        {101, 100, {over}},
                        {1, 1, {"api uses 1 B of memory; PM2 restarts it at 1 B."}},
                        {0, 1, {}},
                        {{}, 1, {}}}) {
    CAPTURE(row.memory);
    CAPTURE(row.own_limit);
    Watch watch;
    watch.s.memory = {.unit = Unit::bytes, .warning = 100.0};
    Facts facts = healthy();
    for (Pm2Process& process : facts.processes) process.memory_bytes = 1;
    facts.processes[0].memory_bytes = row.memory;
    facts.processes[0].memory_limit_bytes = row.own_limit;
    CHECK(texts(watch.run(facts, 0)) == row.want);
  }
}

TEST_CASE("the event loop latency is compared in seconds") {
  Watch watch;
  watch.s.event_loop = {.unit = Unit::seconds, .warning = 0.2};
  Facts facts = healthy();
  facts.processes[0].event_loop_p95_ms = 200;
  CHECK(codes(watch.run(facts, 0)).empty());
  facts.processes[0].event_loop_p95_ms = 200.1;
  CHECK(codes(watch.run(facts, 15)) == Codes{"pm2_event_loop"});
  facts.processes[0].state = Pm2State::stopping;
  CHECK(codes(watch.run(facts, 30)) == Codes{"pm2_process_not_online"});
}

TEST_CASE("two instances of a name are told apart, and a row listed twice is one") {
  Facts facts = healthy();
  facts.processes.push_back(in_state(online("api", "7"), Pm2State::stopped));
  Reading reading = Watch{}.run(facts, 0);
  REQUIRE(reading.findings.size() == 1);
  CHECK(reading.findings[0].subject == "api:7");
  CHECK(reading.notes.at(0) == "5 of 6 processes up");

  facts = healthy();
  facts.processes.insert(facts.processes.begin(), online("api", "0"));
  reading = Watch{}.run(facts, 0);
  CHECK(reading.findings.empty());
  CHECK(reading.notes.at(0) == "5 of 5 processes up");
}

TEST_CASE("the note counts what is healthy of what is expected") {
  const auto note = [](std::size_t index, Pm2State state) {
    Facts facts = healthy();
    facts.processes.at(index).state = state;
    return Watch{}.run(facts, 0).notes.at(0);
  };
  CHECK(note(0, Pm2State::stopped) == "4 of 5 processes up");
  CHECK(note(4, Pm2State::errored) == "4 of 5 processes up");
  CHECK(note(4, Pm2State::online) == "5 of 5 processes up");
  Watch watch;
  Facts facts = healthy();
  facts.version.clear();
  facts.processes.pop_back();
  facts.processes.push_back(online("stray", "6"));
  CHECK(watch.run(facts, 0).notes == Texts{"4 of 5 processes up"});
}

TEST_CASE("a daemon was replaced if both process ids are known and differ") {
  struct Row {
    int before, after;
    bool is_replaced;
  };
  for (const Row& row :
       {Row{900, 900, false}, Row{900, 950, true}, Row{900, 0, false}, Row{0, 900, false},
        Row{0, 0, false}, Row{1, 950, true}, Row{950, 1, true}}) {
    CAPTURE(row.before);
    CAPTURE(row.after);
    Watch watch;
    Facts facts = healthy();
    facts.daemon_pid = row.before;
    watch.run(facts, 0);
    facts.daemon_pid = row.after;
    const Reading reading = watch.run(facts, 15);
    CHECK(codes(reading) == (row.is_replaced ? Codes{"pm2_daemon_replaced"} : Codes{}));
    CHECK(reading.not_judged == (row.is_replaced ? Codes{"restarts_per_hour"} : Codes{}));
  }
}

TEST_CASE("the version and the time of the last search for homes are kept") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  CHECK(State::load(watch.memory).pm2_version == "7.0.4");
  CHECK(State::load(watch.memory).homes_at == kStart);
  facts.homes.reset();
  watch.run(facts, 15);
  CHECK(State::load(watch.memory).homes_at == kStart);
  watch.run(healthy(), 30);
  CHECK(State::load(watch.memory).homes_at == kStart + 30);
}

TEST_CASE("known homes hide no other, and a home that is gone is no longer reported") {
  Watch watch;
  watch.s.other_homes = {"/a/.pm2", "/b/.pm2"};
  Facts facts = healthy();
  facts.homes = std::vector<Pm2Home>{{1, "/a/.pm2"}, {2, "/c/.pm2"}, {3, "/z/.pm2"}};
  const Reading reading = watch.run(facts, 0);
  REQUIRE(codes(reading) == Codes{"pm2_other_home", "pm2_other_home"});
  CHECK(reading.findings[0].subject == "/c/.pm2");
  CHECK(reading.findings[1].subject == "/z/.pm2");
  facts.homes = std::vector<Pm2Home>{{3, "/z/.pm2"}};
  CHECK(codes(watch.run(facts, 15)) == Codes{"pm2_other_home"});
  watch.s.find_homes = false;
  CHECK(codes(watch.run(facts, 30)).empty());
}

TEST_CASE("when PM2 does not answer, each instance and each home is reported once") {
  Watch watch;
  watch.s.expect.clear();
  watch.s.scheduled.clear();
  Facts facts = healthy();
  facts.processes = {online("stray", "6"), online("api", "0"), online("api", "7")};
  watch.run(facts, 0);
  watch.s.expect = {"api", "bot"};
  watch.s.scheduled = {"nightly"};
  const Reading failed =
      judge_failure(watch.s, Error{Reason::hung, "read", "hangs", ""}, watch.memory,
                    std::vector<Pm2Home>{{5, "/b/.pm2"}, {6, "/b/.pm2"}, {7, "/a/.pm2"}});
  std::vector<std::string> unknown;
  for (const Sample& s : failed.samples)
    if (s.spec->name == "pm2_process_status" && s.labels[2] == "unknown" && s.value == 1)
      unknown.push_back(s.labels[0] + ":" + s.labels[1]);
  CHECK(unknown == std::vector<std::string>{"api:0", "api:7", "bot:", "nightly:"});
  REQUIRE(failed.findings.size() == 2);
  CHECK(failed.findings[0].subject == "/b/.pm2");
  CHECK(failed.findings[1].subject == "/a/.pm2");
}
