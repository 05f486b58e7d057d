// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/fakes.h"

namespace holdfast::test {
namespace {

std::mutex behaviours_mutex;
std::map<std::string, Behaviour>& behaviours() {
  static std::map<std::string, Behaviour> map;
  return map;
}

class FakeCheck : public Check {
 public:
  explicit FakeCheck(Behaviour behaviour) : behaviour_(std::move(behaviour)) {}
  Reading run(Run& run) override { return behaviour_ ? behaviour_(run) : Reading{}; }

 private:
  Behaviour behaviour_;
};

std::unique_ptr<Check> make_fake(const CheckConfig& config, std::vector<OptionError>&) {
  const std::lock_guard lock(behaviours_mutex);
  return std::make_unique<FakeCheck>(behaviours()[config.name]);
}

}  // namespace

const Kind& fake_kind() {
  static const Kind kind{
      .name = "fake",
      .summary = "Does what a test says.",
      .options = {{"target", OptionType::text, "What is looked at."},
                  {"speed",
                   OptionType::limit,
                   "A limit.",
                   {},
                   false,
                   {},
                   Unit::seconds,
                   Limit::Side::upper,
                   "fake_speed_seconds"}},
      .metrics = {{"fake_up", MetricType::gauge, "Whether it is up."},
                  {"fake_speed_seconds", MetricType::gauge, "How fast it is."},
                  {"fake_things", MetricType::gauge, "Things by colour.", {"colour"}},
                  {"fake_parts",
                   MetricType::gauge,
                   "Parts by colour, which add up.",
                   {"colour"},
                   {},
                   true},
                  {"fake_events_total", MetricType::counter,
                   "Events seen, with a \\ and a\nnew line."},
                  {"fake_wait_seconds", MetricType::histogram, "Waits.", {}, {0.1, 1, 10}}},
      .findings = {{"fake_sample", "A sample is bad."}, {"fake_fact", "A fact is bad.", true}},
      .reasons = {Reason::timed_out, Reason::refused, Reason::garbage},
      .latency = "fake_wait_seconds",
      .make = &make_fake};
  return kind;
}

const Kind* find_fake(std::string_view name) { return name == "fake" ? &fake_kind() : nullptr; }

void behave(const std::string& check, Behaviour behaviour) {
  const std::lock_guard lock(behaviours_mutex);
  behaviours()[check] = std::move(behaviour);
}

CheckConfig fake_check(std::string name, Duration interval, Duration timeout) {
  CheckConfig config;
  config.name = std::move(name);
  config.kind = "fake";
  config.interval = interval;
  config.timeout = timeout;
  return config;
}

Reading failing(Reason reason, std::string text) {
  Reading reading;
  reading.failure = Error{reason, "", std::move(text), ""};
  return reading;
}

Reading finding(Severity severity, std::string code) {
  Reading reading;
  reading.findings.push_back({std::move(code), severity, "it", "it is bad"});
  return reading;
}

Outcome outcome_of(Reading reading, const Clock& clock) {
  class Once : public Check {
   public:
    explicit Once(Reading reading) : reading_(std::move(reading)) {}
    Reading run(Run&) override { return reading_; }

   private:
    Reading reading_;
  };
  NoSeams none;
  Once once(std::move(reading));
  return run_once(once, fake_check("x"), Memory{}, none.dependencies(clock));
}

bool eventually(const std::function<bool()>& condition, Duration patience) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(5ms);  // The pace of looking; nothing hangs on its length.
  }
  return true;
}

}  // namespace holdfast::test
