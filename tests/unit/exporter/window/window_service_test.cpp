// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/window_service.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "exporter/log/log.h"
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

// What is logged by `run`, one line each, without the time.
template <class Run>
std::vector<std::string> lines_logged(Run run) {
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  set_up_log({}, pipe[1]);
  run();
  set_up_log({LogLevel::error, LogFormat::logfmt}, -1);  // Writes what the log still holds.
  ::close(pipe[1]);
  std::string text(65536, '\0');
  text.resize(
      static_cast<std::size_t>(std::max<ssize_t>(::read(pipe[0], text.data(), text.size()), 0)));
  ::close(pipe[0]);
  std::vector<std::string> out;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) out.push_back(line.substr(line.find(' ') + 1));
  return out;
}

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

TEST_CASE("for ten seconds after a change windows are judged every two seconds") {
  Site site;
  CHECK(site.verdict() == Verdict::in_progress);
  site.clock.step(5s);
  site.service.changed();
  std::vector<int> judged_at;
  for (int second = 0; second < 59; ++second) {
    const int before = site.asked;
    CHECK(site.verdict() == Verdict::in_progress);
    if (site.asked != before) judged_at.push_back(second);
    site.clock.step(1s);
  }
  CHECK(judged_at == std::vector<int>{0, 2, 4, 6, 8, 10});
}

TEST_CASE("a change of the verdict is logged once, as a warning where it is not good") {
  Site site;
  site.week.happenings = {{"db", {12h, 24h}}};
  const auto lines = lines_logged([&] {
    for (const Duration step : std::initializer_list<Duration>{0s, 60s, 12h, 60s}) {
      site.clock.step(step);
      CHECK(!site.service.results()->empty());
    }
  });
  REQUIRE(lines.size() == 2);
  CHECK(
      lines[0].starts_with("level=info msg=\"window verdict changed\" window=day from=\"\" "
                           "to=in_progress why=\"On track: "));
  CHECK(
      lines[1].starts_with("level=warn msg=\"window verdict changed\" window=day "
                           "from=in_progress to=no_go why=\"Check db was critical "));
  CHECK(lines[1].ends_with("next=\"Fix the cause, then set a new start for the window.\""));
}

TEST_CASE("an inconclusive window is logged as a warning, a good one is not") {
  Site site;
  const auto lines = lines_logged([&] {
    site.clock.step(24h);
    CHECK(site.verdict() == Verdict::go);
    site.config.windows[0].checks.push_back("gone");
    site.service.configure(site.config);
    CHECK(site.verdict() == Verdict::inconclusive);
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("level=info "));
  CHECK(lines[1].starts_with("level=warn "));
  CHECK(lines[1].find(" from=go to=inconclusive ") != std::string::npos);
}

TEST_CASE("a window that is configured again is logged as a new one") {
  Site site;
  const Config empty;
  const auto lines = lines_logged([&] {
    CHECK(site.verdict() == Verdict::in_progress);
    site.service.configure(site.config);  // The same window as before.
    CHECK(site.verdict() == Verdict::in_progress);
    site.service.configure(empty);
    site.service.configure(site.config);
    CHECK(site.verdict() == Verdict::in_progress);
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[1].find(" from=\"\" to=in_progress ") != std::string::npos);
}

TEST_CASE("a history that cannot be read is logged once until it can be read again") {
  Site site;
  const auto lines = lines_logged([&] {
    for (const bool is_broken : {true, true, false, true}) {
      site.is_broken = is_broken;
      site.clock.step(60s);
      static_cast<void>(site.service.results());
    }
  });
  const std::string error =
      "level=error msg=\"windows are not judged: the history cannot be read\" reason=garbage";
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == error);
  CHECK(lines[1].find(" to=in_progress ") != std::string::npos);
  CHECK(lines[2] == error);
}

TEST_CASE("a check that need not show use by its options is judged so") {
  Site site;
  site.week.checks[0].kind = "usage";
  site.config.windows[0].go_when.require = {"db"};
  site.clock.step(24h);
  CheckConfig check;
  check.name = "db";
  check.kind = "usage";
  check.options.set("role", std::string("retired"));
  site.service.configure(site.config);
  CHECK(site.verdict() == Verdict::inconclusive);
  site.config.checks = {check};
  site.service.configure(site.config);
  CHECK(site.verdict() == Verdict::go);
}

TEST_CASE("a window that is no longer configured has no result") {
  Site site;
  CHECK(site.service.results()->size() == 1);
  site.config.windows.clear();
  site.service.configure(site.config);
  CHECK(site.service.results()->empty());
}
