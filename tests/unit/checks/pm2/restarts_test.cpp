// SPDX-License-Identifier: Apache-2.0
// Restarts: the history of one process, which runs are compared, and waves.
#include <doctest/doctest.h>

#include <algorithm>

#include "checks/pm2/judge.h"
#include "checks/pm2/state.h"
#include "tests/unit/checks/pm2/watch.h"

using namespace holdfast;
using namespace holdfast::pm2;
using namespace holdfast::pm2_test;

TEST_CASE("after a reset of the counter the last hour is observed from the reset on") {
  RestartHistory history{5, kStart, {}};
  CHECK(history.add(8, kStart + 1800) == 3);
  CHECK(history.observed(kStart + 1800) == 1800);
  CHECK(history.add(2, kStart + 2400) == 2);  // `pm2 reset`, then two restarts.
  CHECK(history.in_last_hour() == 2);
  CHECK(history.observed(kStart + 2400) == 0);
  CHECK(history.observed(kStart + 3000) == 600);
  CHECK(history.observed(kStart + 9000) == 3600);
}

TEST_CASE("a history survives being written and read") {
  RestartHistory history{5, kStart, {}};
  history.add(7, kStart + 30);
  history.add(8, kStart + 130);
  State state;
  state.processes.emplace_back("api", "0", history);
  state.processes.emplace_back("other", "1");
  const State again = State::load(Memory::parse(state.save().render()));
  REQUIRE(again.processes.size() == 2);
  REQUIRE(again.processes[0].restarts);
  CHECK(again.processes[0].restarts->in_last_hour() == 3);
  CHECK(again.processes[0].restarts->observed(kStart + 200) == 200);
  CHECK_FALSE(again.processes[1].restarts);
}

TEST_CASE("a restart counts for sixty minutes, its own included") {
  RestartHistory history{0, kStart, {}};
  CHECK(history.add(1, kStart) == 1);
  history.add(1, kStart + 3599);
  CHECK(history.in_last_hour() == 1);
  history.add(1, kStart + 3600);
  CHECK(history.in_last_hour() == 0);
}

TEST_CASE("restarts are kept by minute, and minutes without any are not kept") {
  RestartHistory history{0, kStart, {}};
  history.add(1, kStart);
  history.add(2, kStart + 10);
  CHECK(history.add(2, kStart + 100) == 0);
  history.add(3, kStart + 3000);
  CHECK(history.minutes.size() == 2);
  CHECK(history.in_last_hour() == 3);
  history.add(3, kStart + 3600);
  CHECK(history.in_last_hour() == 1);
  // After the clock was set back, minutes in the future are none of the last hour.
  history.add(3, kStart + 2000);
  CHECK(history.in_last_hour() == 0);
}

TEST_CASE("a counter too large to be exact counts as the largest exact one") {
  RestartHistory history{0, kStart, {}};
  CHECK(history.add(1e300, kStart) == 9e15);
  CHECK(history.add(1e301, kStart + 15) == 0);
  CHECK(history.in_last_hour() == 9e15);
}

TEST_CASE("a run is compared with one of the last five minutes or three intervals") {
  struct Row {
    Duration interval;
    double after;
    bool is_compared;
  };
  using std::chrono::seconds;
  for (const Row& row : {Row{seconds(15), 0, true}, Row{seconds(15), 300, true},
                         Row{seconds(15), 301, false}, Row{seconds(15), -15, false},
                         Row{seconds(600), 1800, true}, Row{seconds(600), 1801, false}}) {
    CAPTURE(row.after);
    Watch watch;
    watch.s.interval = row.interval;
    watch.run(healthy(), 0);
    const Reading reading = watch.run(healthy(), row.after);
    CHECK(reading.not_judged == (row.is_compared ? Codes{} : Codes{"restarts_per_hour"}));
    CHECK(sample(reading, "pm2_process_restarts_last_hour", {"bot", "2"}).has_value() ==
          row.is_compared);
  }
}

TEST_CASE("a process without a counter, or a new one, leaves the others compared") {
  Watch watch;
  Facts facts = healthy();
  facts.processes[0].restarts.reset();
  watch.run(facts, 0);
  facts.processes.insert(facts.processes.begin(), online("bot", "9"));
  const auto in_hour = [](const Reading& reading, const char* name, const char* pm_id) {
    return sample(reading, "pm2_process_restarts_last_hour", {name, pm_id});
  };
  Reading reading = watch.run(facts, 15);
  CHECK(reading.not_judged == Codes{"restarts_per_hour of api"});
  CHECK(in_hour(reading, "api", "0") == std::nullopt);
  CHECK(in_hour(reading, "bot", "9") == std::nullopt);
  CHECK(in_hour(reading, "worker", "1") == 0);
  CHECK(in_hour(reading, "baileys", "3") == 0);
  reading = watch.run(facts, 30);
  CHECK(in_hour(reading, "bot", "9") == 0);
}

TEST_CASE("PM2's modules and unexpected processes stop no other from being judged") {
  Watch open;
  open.s.expect.clear();
  open.s.scheduled.clear();
  Facts facts = healthy();
  facts.processes[4].state = Pm2State::online;
  Pm2Process module = online("pm2-logrotate", "9");
  module.is_module = true;
  facts.processes.insert(facts.processes.begin(), module);
  open.run(facts, 0);
  facts.processes[5].restarts = 6;
  facts.processes[5].state = Pm2State::waiting_restart;
  const Reading reading = open.run(facts, 15);
  CHECK(reading.notes.at(0) == "4 of 5 processes up");
  CHECK(sample(reading, "pm2_process_status", {"nightly", "4", "waiting_restart"}) == 1);
  CHECK(sample(reading, "pm2_process_status", {"pm2-logrotate", "9", "online"}) == 1);
  CHECK(texts(reading) ==
        Texts{"nightly has exited and is waiting to be restarted; its last exit code was 0.",
              "nightly restarted 6 times in the last 15 s (limit 5)."});
  CHECK(State::load(open.memory).processes.size() == 5);
}

TEST_CASE("histories are kept of at most 500 processes") {
  Watch open;
  open.s.expect.clear();
  open.s.scheduled.clear();
  Facts crowd = healthy();
  crowd.processes.clear();
  for (int i = 0; i < 501; ++i) crowd.processes.push_back(online("p", std::to_string(i)));
  open.run(crowd, 0);
  const Reading reading = open.run(crowd, 15);
  CHECK(State::load(open.memory).processes.size() == 500);
  CHECK(sample(reading, "pm2_process_restarts_last_hour", {"p", "499"}) == 0);
  CHECK(sample(reading, "pm2_process_restarts_last_hour", {"p", "500"}) == std::nullopt);
}

TEST_CASE("the hour of restarts is named by how much of it was observed") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  facts.processes[0].restarts = 6;
  double at = 0;
  while (at < 3245) watch.run(facts, at += 295);
  CHECK(texts(watch.run(facts, 3539)) ==
        Texts{"api restarted 6 times in the last " + render_value(3539, Unit::seconds) +
              " (limit 5); it is online now."});
  CHECK(texts(watch.run(facts, 3540)) ==
        Texts{"api restarted 6 times in the last hour (limit 5); it is online now."});
}

TEST_CASE("the restarts of a scheduled job are its runs") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  facts.processes[4].restarts = 25;
  CHECK(watch.run(facts, 15).findings.empty());
}

TEST_CASE("three processes that restart once, or two of at most four, are a wave") {
  struct Row {
    std::vector<std::string> listed, restarted;
    std::string want;  // Up to the advice; empty: no finding.
  };
  const std::vector<std::string> six{"a", "b", "c", "d", "e", "f"};
  const auto first = [&](int count) { return std::vector(six.begin(), six.begin() + count); };
  for (const Row& row :
       {Row{first(4), {"a"}, ""},
        Row{first(2), first(2), "2 of 2 processes restarted within 15 s: a, b"},
        Row{first(4), {"b", "d"}, "2 of 4 processes restarted within 15 s: b, d"},
        Row{first(5), {"b", "d"}, ""},
        Row{first(5), first(3), "3 of 5 processes restarted within 15 s: a, b, c"},
        Row{six, first(5), "5 of 6 processes restarted within 15 s: a, b, c, d, e"},
        Row{six, six, "6 of 6 processes restarted within 15 s: a, b, c, d, e and 1 more"}}) {
    CAPTURE(row.want);
    Watch watch;
    watch.s.expect = row.listed;
    Facts facts = healthy();
    facts.processes = {in_state(online("nightly", "9"), Pm2State::stopped)};  // PM2 lists it first.
    for (const std::string& name : row.listed) facts.processes.push_back(online(name, name));
    watch.run(facts, 0);
    for (Pm2Process& process : facts.processes)
      process.restarts = std::ranges::count(row.restarted, process.name);
    std::string text;
    for (const Finding& finding : watch.run(facts, 15).findings) text += finding.text;
    if (const auto when = text.find(", just now"); when != std::string::npos) text.erase(when, 10);
    CHECK(text.substr(0, text.find(". They")) == row.want);
  }
}

TEST_CASE("a wave is reported for two minutes, with the time since") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  for (std::size_t i = 0; i < 3; ++i) facts.processes[i].restarts = 1;
  const auto text = [&](double when) {
    const Reading reading = watch.run(facts, when);
    return reading.findings.empty() ? "" : reading.findings[0].text;
  };
  CHECK(text(15).find("within 15 s, just now: ") != std::string::npos);
  CHECK(text(15.5).find("within 15 s, just now: ") != std::string::npos);
  CHECK(text(16).find("within 15 s, 1 s ago: ") != std::string::npos);
  CHECK(text(135).find("within 15 s, 2 min ago: ") != std::string::npos);
  CHECK(text(136).empty());
}

TEST_CASE("a wave is critical only by the restarts of a process in it") {
  Watch watch;
  Facts facts = healthy();
  watch.run(facts, 0);
  facts.processes[3].restarts = 21;
  CHECK(status_of(watch.run(facts, 15)) == Status::critical);
  for (std::size_t i = 0; i < 3; ++i) facts.processes[i].restarts = 20;
  const Reading reading = watch.run(facts, 30);
  REQUIRE(codes(reading) == Codes{"pm2_restarted_together", "pm2_restarts"});
  CHECK(reading.findings[0].severity == Severity::warning);
  facts.processes[2].restarts = 21;
  CHECK(watch.run(facts, 45).findings[0].severity == Severity::critical);
}
