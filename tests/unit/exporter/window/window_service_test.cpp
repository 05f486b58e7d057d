// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/window_service.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/fakes.h"
#include "tests/unit/exporter/window/week.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

// A service over evidence and a clock that the test controls.
struct Site {
  test::StepClock clock;
  Config config;
  Week week;
  WallTime start = clock.now().wall;
  int asked = 0;
  bool is_broken = false;
  WindowService service{
      clock,
      {[this](const Span& range, const std::vector<std::string>&) { return evidence(range); },
       [this](const std::string&, WallTime) { return start; }}};

  Site() {
    week.checks = {{.name = "db"}};
    WindowConfig window;
    window.name = "day";
    window.start = "now";
    window.length = 24h;
    window.checks = {"db"};
    config.windows = {window};
    service.configure(config);
  }
  Result<Evidence> evidence(const Span& range) {
    ++asked;
    if (is_broken) return Error{Reason::garbage, "", "", ""};
    Evidence out = play(week, range.end - start);
    const auto shift = start - kStart;
    out.range = range;
    for (StatusSpan& step : out.checks[0].spans) {
      step.span.begin += shift;
      step.span.end += shift;
    }
    for (IncidentRecord& record : out.checks[0].incidents) {
      record.since += shift;
      if (record.until) *record.until += shift;
    }
    return out;
  }
  Verdict verdict() {
    const auto results = service.results();
    REQUIRE(results->size() == 1);
    return results->front().verdict;
  }
};

}  // namespace

TEST_CASE("windows are judged once a minute, however often the results are read") {
  Site site;
  const auto first = site.service.results();
  for (int i = 0; i < 59; ++i) {
    site.clock.step(1s);
    CHECK(site.service.results() == first);
  }
  CHECK(site.asked == 1);
  site.clock.step(1s);
  CHECK(site.service.results() != first);
  CHECK(site.asked == 2);
}

TEST_CASE("a confirmed change is judged at once, and more often for a while") {
  Site site;
  site.week.happenings = {{"db", {10s, 24h}}};
  CHECK(site.verdict() == Verdict::in_progress);
  site.clock.step(30s);
  CHECK(site.verdict() == Verdict::in_progress);
  site.service.changed();
  CHECK(site.verdict() == Verdict::no_go);
  site.clock.step(1s);
  CHECK(site.verdict() == Verdict::no_go);
  CHECK(site.asked == 2);
  site.clock.step(1s);
  CHECK(site.verdict() == Verdict::no_go);
  CHECK(site.asked == 3);
}

TEST_CASE("while the history cannot be read the last verdict stays") {
  Site site;
  CHECK(site.verdict() == Verdict::in_progress);
  site.is_broken = true;
  site.clock.step(24h);
  CHECK(site.verdict() == Verdict::in_progress);
  site.is_broken = false;
  site.clock.step(60s);
  CHECK(site.verdict() == Verdict::go);
}

TEST_CASE("a window that is no longer configured has no result") {
  Site site;
  CHECK(site.service.results()->size() == 1);
  site.config.windows.clear();
  site.service.configure(site.config);
  CHECK(site.service.results()->empty());
}
