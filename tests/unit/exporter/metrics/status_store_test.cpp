// SPDX-License-Identifier: Apache-2.0
#include "exporter/metrics/status_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "exporter/metrics/series_store.h"
#include "tests/unit/exporter/fakes.h"

using namespace holdfast;
using namespace holdfast::test;

namespace {

struct Wall {
  StepClock clock;
  std::unique_ptr<StatusStore> store = make_status_store(clock, find_fake);

  explicit Wall(std::vector<CheckConfig> checks = {fake_check("a")}) { configure(checks); }
  void configure(std::vector<CheckConfig> checks) const {
    Config config;
    config.checks = std::move(checks);
    store->configure(config);
  }
  Published put(Reading reading, const std::string& check = "a") {
    return store->publish(check, outcome_of(std::move(reading), clock));
  }
  [[nodiscard]] CheckView view() const { return store->view("a").value(); }
  /// The value of a series; NaN when it is not there.
  [[nodiscard]] double value(std::string_view metric, const std::string& label = {}) const {
    for (const Series& series : store->pages().at(0)->series) {
      const std::string own = series.labels.empty() ? "" : series.labels[0];
      if (series.spec->name != metric || own != label) continue;
      return series.spec->type == MetricType::histogram
                 ? static_cast<double>(series.histogram.count)
                 : series.value;
    }
    return std::numeric_limits<double>::quiet_NaN();
  }
  [[nodiscard]] bool shows(std::string_view metric, const std::string& label = {}) const {
    return !std::isnan(value(metric, label));
  }
};

Sample sample(std::string_view metric, double value, SampleKind kind = SampleKind::set,
              std::vector<std::string> labels = {}) {
  return {&fake_kind().metric(metric), std::move(labels), value, kind};
}

Reading measured(std::vector<Sample> samples) {
  Reading reading;
  reading.samples = std::move(samples);
  return reading;
}

}  // namespace

TEST_CASE("a check that has not run yet is unknown, not ok") {
  const Wall wall;
  CHECK(wall.view().raw == Status::unknown);
  CHECK(wall.view().confirmed == Status::unknown);
  CHECK_FALSE(wall.view().success);
  CHECK_FALSE(wall.view().fresh);
  CHECK(wall.value("fake_up") == 0);
}

TEST_CASE("a reading that is no longer fresh is unknown, and its measurements are gone") {
  Wall wall;
  wall.put(measured({sample("fake_up", 1), sample("fake_speed_seconds", 0.2),
                     sample("fake_events_total", 5, SampleKind::add)}));
  CHECK(wall.view().raw == Status::ok);
  const auto generation = wall.store->generation();
  wall.clock.step(2 * 15s + 5s - 1ns);
  CHECK(wall.view().fresh);
  CHECK(wall.store->generation() == generation);
  wall.clock.step(1ns);
  CHECK_FALSE(wall.view().fresh);
  CHECK_FALSE(wall.view().success);
  CHECK(wall.view().raw == Status::unknown);
  CHECK(wall.view().confirmed == Status::unknown);
  CHECK_FALSE(wall.shows("fake_speed_seconds"));
  CHECK(wall.value("fake_up") == 0);
  CHECK(wall.value("fake_events_total") == 5);
  CHECK(wall.store->generation() > generation);
  wall.put(Reading{});
  CHECK(wall.view().raw == Status::ok);
  CHECK(wall.view().confirmed == Status::ok);
}

TEST_CASE("a reading replaces what the last one measured, but for what is still valid") {
  Wall wall;
  Sample lasting = sample("fake_things", 7, SampleKind::set, {"slow"});
  lasting.valid_for = 60s;
  wall.put(measured({sample("fake_things", 1, SampleKind::set, {"red"}), lasting}));
  wall.put(measured({sample("fake_things", 2, SampleKind::set, {"blue"})}));
  CHECK_FALSE(wall.shows("fake_things", "red"));
  CHECK(wall.value("fake_things", "blue") == 2);
  CHECK(wall.value("fake_things", "slow") == 7);
  wall.clock.step(60s);
  CHECK_FALSE(wall.shows("fake_things", "slow"));
}

TEST_CASE("counters and histograms add up over readings, also failed ones") {
  Wall wall;
  for (int i = 0; i < 3; ++i) {
    Reading reading = i == 1 ? failing(Reason::refused) : Reading{};
    reading.samples = {sample("fake_events_total", 2, SampleKind::add),
                       sample("fake_wait_seconds", 0.5, SampleKind::observe)};
    wall.put(reading);
  }
  CHECK(wall.value("fake_events_total") == 6);
  CHECK(wall.value("fake_wait_seconds") == 3);
}

TEST_CASE("numbers that are none change nothing") {
  Wall wall;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  wall.put(measured({sample("fake_speed_seconds", nan),
                     sample("fake_events_total", nan, SampleKind::add),
                     sample("fake_events_total", -1, SampleKind::add),
                     sample("fake_wait_seconds", inf, SampleKind::observe),
                     sample("fake_wait_seconds", 1, SampleKind::set)}));
  CHECK_FALSE(wall.shows("fake_speed_seconds"));
  // A counter and a histogram may start at 0; what was no number is not in them.
  CHECK_FALSE(wall.value("fake_wait_seconds") > 0);
  CHECK_FALSE(wall.shows("fake_events_total"));
}

TEST_CASE("a failure shows at once, and its counter was there from the start") {
  Wall wall;
  CHECK(wall.store->pages().at(0)->failures.at(Reason::refused) == 0);
  CHECK(wall.put(failing(Reason::refused)).first_failure);
  CHECK_FALSE(wall.put(failing(Reason::refused)).first_failure);
  CHECK(wall.put(failing(Reason::garbage)).first_failure);
  CHECK_FALSE(wall.view().success);
  CHECK(wall.view().failure->reason == Reason::garbage);
  CHECK(wall.store->pages().at(0)->failures.at(Reason::refused) == 2);
}

TEST_CASE("publish() returns what was confirmed and whether to retry") {
  Wall wall;
  wall.put(Reading{});
  CHECK(wall.put(finding(Severity::critical)).needs_retry);
  CHECK(wall.put(finding(Severity::critical)).needs_retry);
  const Published third = wall.put(finding(Severity::critical));
  CHECK_FALSE(third.needs_retry);
  CHECK(third.before == Status::ok);
  CHECK(third.after == Status::critical);
  CHECK(wall.view().incidents.size() == 1);
}

TEST_CASE("more label values than the bound are dropped and counted, the first ones stay") {
  Wall wall;
  constexpr int kOver = 30;
  const int most = static_cast<int>(SeriesStore::kMaxLabelValues);
  std::vector<Sample> samples;
  for (int i = 0; i < most + kOver; ++i) {
    samples.push_back(sample("fake_things", i, SampleKind::set, {"c" + std::to_string(i)}));
  }
  for (int i = 0; i < most + kOver; ++i) {
    samples.push_back(sample("fake_parts", 1, SampleKind::set, {"c" + std::to_string(i)}));
  }
  wall.put(measured(samples));
  CHECK(wall.value("fake_things", "c0") == 0);
  CHECK(wall.shows("fake_things", "c" + std::to_string(most - 1)));
  CHECK_FALSE(wall.shows("fake_things", "c" + std::to_string(most)));
  CHECK_FALSE(wall.shows("fake_things", "_other"));
  CHECK(wall.value("fake_parts", "_other") == kOver);  // What adds up is summed.
  CHECK(wall.store->pages().at(0)->labels_dropped == 2 * kOver);
  std::ranges::reverse(samples);
  wall.put(measured(samples));
  CHECK(wall.shows("fake_things", "c0"));  // Known names keep their place, whatever the order.
  CHECK(wall.value("fake_parts", "_other") == kOver);
  wall.put(measured({sample("fake_things", 1, SampleKind::set, {"new"})}));
  CHECK(wall.shows("fake_things", "new"));  // And give it up when they are gone.
  CHECK(wall.store->pages().at(0)->labels_dropped == 0);
}

TEST_CASE("no series occurs twice on a page") {
  Wall wall;
  wall.put(measured({sample("fake_things", 1, SampleKind::set, {"red"}),
                     sample("fake_things", 2, SampleKind::set, {"red"}),
                     sample("fake_events_total", 4, SampleKind::set),
                     sample("fake_events_total", 2, SampleKind::add)}));
  const auto page = wall.store->pages().at(0);
  for (std::size_t i = 1; i < page->series.size(); ++i) {
    const bool is_same = page->series[i - 1].spec == page->series[i].spec &&
                         page->series[i - 1].labels == page->series[i].labels;
    CHECK_FALSE(is_same);
  }
  CHECK(wall.value("fake_things", "red") == 2);
}

TEST_CASE("a new configuration keeps unchanged checks, and drops removed ones at once") {
  Wall wall({fake_check("a"), fake_check("b"), fake_check("c")});
  for (const char* name : {"a", "b", "c"}) {
    wall.put(measured({sample("fake_events_total", 1, SampleKind::add)}), name);
  }
  CheckConfig changed = fake_check("b");
  changed.confirm = 5;
  wall.configure({changed, fake_check("a")});
  CHECK_FALSE(wall.store->view("c").has_value());
  CHECK(wall.store->view("a")->runs == 1);
  CHECK(wall.store->view("b")->runs == 0);
  CHECK(wall.store->pages().at(0)->view.name == "b");  // In the order of the configuration.
  CHECK(wall.put(Reading{}, "c").after == Status::unknown);
}
