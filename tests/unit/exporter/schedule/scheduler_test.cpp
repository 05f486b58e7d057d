// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/scheduler.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

// Everything a scheduler needs; stops it first.
struct Engine {
  NoSeams none;
  std::unique_ptr<StatusStore> store = make_status_store(system_clock(), find_fake);
  std::unique_ptr<History> history = make_history({});
  std::unique_ptr<Scheduler> scheduler =
      make_scheduler(*store, *history, none.dependencies(), none.stop, nullptr, find_fake);

  void start(std::vector<CheckConfig> checks) {
    Config config;
    config.checks = std::move(checks);
    scheduler->configure(config);
    scheduler->start();
  }
  std::uint64_t runs(const std::string& check) const {
    const auto view = store->view(check);
    return view ? view->runs : 0;
  }
};

Reading hang(Run& run) {
  const auto ended = run.deadline.wait(-1, 0);
  return failing(ended ? Reason::internal : ended.error().reason);
}

}  // namespace

TEST_CASE("300 of 1,000 checks hang to their time-out, and the others keep their schedule") {
  Engine engine;
  // No run of a hung check ends before this: what waited for one of them would wait forever.
  std::promise<void> release;
  const Behaviour hung = [released = release.get_future().share()](Run& run) {
    released.wait();
    return hang(run);
  };
  std::vector<CheckConfig> checks;
  for (int i = 0; i < 1000; ++i) {
    const bool hangs = i % 10 < 3;
    const std::string name = (hangs ? "hung-" : "well-") + std::to_string(i);
    behave(name, hangs ? hung : Behaviour([](Run&) { return Reading{}; }));
    checks.push_back(fake_check(name, 2s, 1900ms));
    // No second run in between: it would hide whether the grid is kept.
    checks.back().retry_interval = 10s;
  }
  const auto each_has_runs = [&](std::string_view prefix, std::uint64_t runs) {
    return std::ranges::all_of(engine.store->pages(), [&](const auto& page) {
      return !page->view.name.starts_with(prefix) || page->view.runs >= runs;
    });
  };
  // Checks that were seen with the status of their readings. On a loaded machine any of them can be
  // stale, so unknown, at a given moment.
  std::set<std::string> seen;
  const auto each_was_seen = [&](std::string_view prefix) {
    bool all = true;
    for (const auto& page : engine.store->pages()) {
      const std::string& name = page->view.name;
      const Status right = name.starts_with("hung-") ? Status::critical : Status::ok;
      if (page->view.raw == right) seen.insert(name);
      all = all && (!name.starts_with(prefix) || seen.contains(name));
    }
    return all;
  };
  constexpr std::uint64_t kRuns = 4;
  constexpr auto kPatience = 300s;
  const auto begin = std::chrono::steady_clock::now();
  engine.start(checks);
  REQUIRE(eventually([&] { return each_was_seen("well-") && each_has_runs("well-", kRuns); },
                     kPatience));
  REQUIRE(eventually([&] { return engine.scheduler->facts().in_flight >= 300; }, kPatience));
  CHECK_FALSE(engine.scheduler->ready());
  const auto pages = engine.store->pages();
  // Nobody ran ahead: one run at each point of the grid, and the first one.
  const auto points = (std::chrono::steady_clock::now() - begin) / 2s + 1;
  for (const auto& page : pages) {
    CAPTURE(page->view.name);
    if (page->view.name.starts_with("well-")) {
      CHECK((page->view.raw == Status::ok || page->view.raw == Status::unknown));
      CHECK(page->view.runs <= static_cast<std::uint64_t>(points) + 1);
    } else {
      CHECK(page->view.runs == 0);
    }
  }
  release.set_value();
  REQUIRE(
      eventually([&] { return each_was_seen("hung-") && each_has_runs("hung-", 2); }, kPatience));
  CHECK(engine.scheduler->ready());
}

TEST_CASE("a check never overlaps itself, and what it misses is counted") {
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  behave("slow", [&](Run& run) {
    most = std::max(most.load(), ++inside);
    auto reading = hang(run);
    --inside;
    return reading;
  });
  Engine engine;
  engine.start({fake_check("slow", 20ms, 200ms)});
  REQUIRE(eventually([&] { return engine.runs("slow") >= 3; }));
  CHECK(most == 1);
  CHECK(engine.store->pages().at(0)->missed >= 3);
}

TEST_CASE("a bad reading is looked at again until it is confirmed") {
  behave("bad", [](Run&) { return failing(Reason::refused); });
  Engine engine;
  CheckConfig check = fake_check("bad", 1h);
  check.retry_interval = 1ms;
  engine.start({check});
  // Three readings within an hour's interval can only be retries.
  REQUIRE(eventually([&] { return engine.store->view("bad")->confirmed == Status::critical; }));
  CHECK(engine.runs("bad") == 3);
}

TEST_CASE("a probe pulls the next run forward, and a second one joins it") {
  std::atomic<int> started{0};
  std::promise<void> go;
  auto may_end = go.get_future().share();
  behave("probed", [&](Run&) {
    if (++started > 1) may_end.wait();
    return Reading{};
  });
  Engine engine;
  engine.start({fake_check("probed", 1h)});
  REQUIRE(eventually([&] { return engine.runs("probed") == 1; }));
  const auto ask = [&] { return engine.scheduler->probe("probed", Deadline(60s, nullptr)); };
  auto first = std::async(std::launch::async, ask);
  REQUIRE(eventually([&] { return started == 2; }));
  auto second = std::async(std::launch::async, ask);
  // A caller's short deadline ends its wait, not the run.
  const auto impatient = engine.scheduler->probe("probed", Deadline(1ms, nullptr));
  REQUIRE_FALSE(impatient);
  CHECK(impatient.error().reason == Reason::timed_out);
  go.set_value();
  const auto one = first.get();
  REQUIRE(one);
  CHECK(one->status == Status::ok);
  CHECK(second.get().has_value());
  CHECK(engine.store->view("probed")->raw == Status::ok);
}

TEST_CASE("at most eight callers wait for runs, and a check that is not configured is missing") {
  behave("hung", hang);
  Engine engine;
  engine.start({fake_check("hung", 1h, 1h)});
  CHECK(engine.scheduler->probe("nobody", Deadline(1s, nullptr)).error().reason == Reason::missing);
  std::vector<std::future<Result<Outcome>>> waiting;
  for (int i = 0; i < 9; ++i) {
    waiting.push_back(std::async(std::launch::async, [&] {
      return engine.scheduler->probe("hung", Deadline(1h, nullptr));
    }));
  }
  // Exactly one of the nine is turned away; the others wait on.
  const auto turned_away = [&] {
    int n = 0;
    for (auto& w : waiting) n += w.wait_for(0s) == std::future_status::ready ? 1 : 0;
    return n;
  };
  REQUIRE(eventually([&] { return turned_away() == 1; }));
  engine.scheduler->stop();
  int busy = 0;
  for (auto& w : waiting) {
    const auto outcome = w.get();
    REQUIRE_FALSE(outcome);
    busy += outcome.error().reason == Reason::busy ? 1 : 0;
    if (outcome.error().reason != Reason::busy) CHECK(outcome.error().reason == Reason::stopped);
  }
  CHECK(busy == 1);
}

TEST_CASE("stopping ends hanging runs, and what they were cut off from is not published") {
  Engine engine;
  std::vector<CheckConfig> checks;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "forever-" + std::to_string(i);
    behave(name, hang);
    checks.push_back(fake_check(name, 100ms, 1h));
  }
  engine.start(checks);
  REQUIRE(eventually([&] { return engine.scheduler->facts().in_flight == 50; }));
  engine.scheduler->stop();  // Returns at all: without the stop event it would take an hour.
  CHECK(engine.scheduler->facts().in_flight == 0);
  CHECK(engine.store->view("forever-0")->runs == 0);
}

TEST_CASE("memory is kept with a complete reading and not with a failed one") {
  std::atomic<int> n{0};
  behave("remembers", [&](Run& run) {
    const int now = ++n;
    Reading reading = now % 2 == 0 ? failing(Reason::garbage) : Reading{};
    reading.memory = Memory(nlohmann::json{{"runs", run.memory.object().value("runs", 0) + 1}});
    return reading;
  });
  Engine engine;
  engine.start({fake_check("remembers", 1h)});
  REQUIRE(eventually([&] { return engine.runs("remembers") == 1; }));
  CHECK(engine.scheduler->probe("remembers", Deadline(60s, nullptr)).has_value());
  CHECK(engine.history->recall("remembers").object().at("runs") == 1);
  CHECK(engine.scheduler->probe("remembers", Deadline(60s, nullptr)).has_value());
  CHECK(engine.history->recall("remembers").object().at("runs") == 2);
}

TEST_CASE("a reload keeps unchanged checks, restarts changed ones and drops removed ones") {
  for (const char* name : {"same", "changed", "removed"}) {
    behave(name, [](Run&) {
      Reading reading;
      reading.memory = Memory(nlohmann::json{{"seen", 1}});
      return reading;
    });
  }
  Engine engine;
  engine.start({fake_check("same", 1h), fake_check("changed", 1h), fake_check("removed", 1h)});
  REQUIRE(eventually([&] { return engine.scheduler->ready(); }));
  Config next;
  next.checks = {fake_check("same", 1h), fake_check("changed", 1h)};
  next.checks[1].options.set("target", std::string("another"));
  behave("changed", [](Run&) { return Reading{}; });
  engine.scheduler->configure(next);
  CHECK_FALSE(engine.store->view("removed").has_value());
  CHECK(engine.history->recall("removed").empty());
  CHECK(engine.history->recall("changed").empty());
  CHECK_FALSE(engine.history->recall("same").empty());
  CHECK(engine.runs("same") == 1);
  REQUIRE(eventually([&] { return engine.runs("changed") == 1; }));
  CHECK(engine.runs("same") == 1);
}

TEST_CASE("the scheduler iterates while nothing is due") {
  Engine engine;
  engine.start({});
  const auto before = engine.scheduler->heartbeat();
  CHECK(eventually([&] { return engine.scheduler->heartbeat() > before; }));
}
