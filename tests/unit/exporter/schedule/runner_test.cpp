// SPDX-License-Identifier: Apache-2.0
#include "exporter/schedule/runner.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "checks/support/text/utf8.h"
#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

class Does : public Check {
 public:
  explicit Does(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  Reading run(Run& run) override { return behaviour_(run); }

 private:
  Behaviour behaviour_;
};

Outcome run(Behaviour behaviour, Duration timeout = 5s) {
  NoSeams none;
  Does check(std::move(behaviour));
  return run_once(check, fake_check("db", 15s, timeout), Memory{}, none.dependencies());
}

}  // namespace

TEST_CASE("an exception is a failure of our own, and what it says is not repeated") {
  const Outcome outcome =
      run([](Run&) -> Reading { throw std::runtime_error("password=canary-1"); });
  REQUIRE(outcome.reading.failure);
  CHECK(outcome.reading.failure->reason == Reason::internal);
  CHECK(outcome.status == Status::unknown);
  REQUIRE(outcome.reading.findings.size() == 1);
  CHECK(outcome.reading.findings[0].code == "fake_internal");
  CHECK(outcome.reading.findings[0].text ==
        "The target of check db was not checked: internal error in Holdfast.");
}

TEST_CASE("each reason becomes the finding of its kind, with the severity of the table") {
  for (std::size_t i = 0; i < kReasonCount; ++i) {
    const auto reason = static_cast<Reason>(i);
    CAPTURE(name_of(reason));
    const Outcome outcome = run([&](Run&) { return failing(reason); });
    REQUIRE(outcome.reading.findings.size() == 1);
    CHECK(outcome.reading.findings[0].code == "fake_" + std::string(name_of(reason)));
    CHECK(outcome.status == status_of(reason));
    CHECK(outcome.status != Status::ok);
  }
}

TEST_CASE("a failure's own sentence is its finding's text") {
  const Outcome outcome = run([](Run&) { return failing(Reason::refused, "nobody listens"); });
  CHECK(outcome.reading.findings.at(0).text == "nobody listens.");
}

TEST_CASE("what a person reads is a sentence, and a name in it keeps its own case") {
  struct Row {
    const char* found;
    const char* shown;
  };
  for (const auto& [found, shown] :
       {Row{"the database demo is starting up", "The database demo is starting up."},
        Row{"a client has waited 3 s", "A client has waited 3 s."},
        Row{"api has no free connection left", "api has no free connection left."},
        Row{"theo is stopped", "theo is stopped."}, Row{"It is whole.", "It is whole."}}) {
    const Outcome outcome = run([&](Run&) { return failing(Reason::refused, found); });
    CHECK(outcome.reading.findings.at(0).text == shown);
  }
}

TEST_CASE("a run has a deadline") {
  const Outcome outcome = run(
      [](Run& r) {
        const auto ended = r.deadline.wait(-1, 0);
        return failing(ended.error().reason);
      },
      20ms);
  CHECK(outcome.reading.failure->reason == Reason::timed_out);
  CHECK(outcome.took() >= 20ms);
}

TEST_CASE("after a stop a check is not even asked") {
  NoSeams none;
  none.stop.fire();
  bool is_asked = false;
  Does check([&](Run&) {
    is_asked = true;
    return Reading{};
  });
  const Outcome outcome = run_once(check, fake_check("db"), Memory{}, none.dependencies());
  CHECK_FALSE(is_asked);
  CHECK(outcome.reading.failure->reason == Reason::stopped);
}

TEST_CASE("a memory over its bound is refused whole") {
  const Outcome outcome = run([](Run&) {
    Reading reading;
    reading.memory = Memory(nlohmann::json{{"all", std::string(kMaxMemoryBytes, 'x')}});
    return reading;
  });
  REQUIRE(outcome.reading.failure);
  CHECK(outcome.reading.failure->reason == Reason::own_limit);
  CHECK_FALSE(outcome.reading.memory.has_value());
  CHECK(outcome.reading.findings.at(0).text ==
        "The memory of check db exceeds its limit of 1 MiB.");
}

TEST_CASE("memory of another target is never used") {
  NoSeams none;
  Memory seen;
  Does check([&](Run& run) {
    seen = run.memory;
    Reading reading;
    reading.memory = Memory(nlohmann::json{{"runs", 1}});
    return reading;
  });
  CheckConfig config = fake_check("db");
  config.database = {.host = "db.example.com", .dbname = "app"};
  const auto run_with = [&](const Memory& memory) {
    return run_once(check, config, memory, none.dependencies()).reading.memory.value();
  };
  const Memory first = run_with(Memory(nlohmann::json{{"runs", 1}}));
  CHECK(seen.empty());  // It names no target.
  run_with(first);
  CHECK(seen == first);
  config.timeout = 1s;
  config.database.password = Secret::from_value("rotated");
  run_with(first);
  CHECK(seen == first);
  config.database.dbname = "other";
  run_with(first);
  CHECK(seen.empty());
}

TEST_CASE("findings are bounded in number and length, the worst first") {
  const Outcome outcome = run([](Run&) {
    Reading reading;
    for (int i = 0; i < 1000; ++i) {
      reading.findings.push_back({"fake_sample", Severity::info, std::to_string(i), "fine"});
    }
    reading.findings.push_back(
        {"fake_sample", Severity::critical, std::string(10'000, 'n'), std::string(10'000, 't')});
    return reading;
  });
  CHECK(outcome.reading.findings.size() == 200);
  CHECK(outcome.reading.findings[0].severity == Severity::critical);
  CHECK(outcome.reading.findings[0].subject.size() <= kMaxNameBytes);
  CHECK(outcome.reading.findings[0].text.size() <= kMaxSentenceBytes);
  CHECK(outcome.reading.findings[1].subject == "0");
}
