// SPDX-License-Identifier: Apache-2.0
// One check over time, on evidence written by hand.
#include "exporter/window/check_timeline.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

CheckSummary sum_of(const CheckTimeline& timeline, Duration from, Duration until) {
  return timeline.summarize(span_of(from, until), {}, {});
}

std::vector<Span> spans_of(const std::vector<TimedIncident>& incidents) {
  std::vector<Span> out;
  for (const TimedIncident& one : incidents) out.push_back(one.span);
  return out;
}

using Spans = std::vector<Span>;

}  // namespace

TEST_CASE("a timeline ignores empty spans and what is later than the known time") {
  const CheckEvidence evidence = evidence_of("db", {{20s, 20s, Status::critical},
                                                    {100s, 110s, Status::critical},
                                                    {30s, 25s, Status::critical},
                                                    {0s, 10s},
                                                    {40s, 120s}});
  const CheckTimeline timeline(evidence, nullptr, {}, kStart + 100s);
  CHECK(timeline.critical_incident_spans().empty());
  CHECK(timeline.incident_spans().empty());
  CHECK(!timeline.unconfirmed_since());
  const CheckResult result = sum_of(timeline, 0s, 200s).result;
  CHECK(result.no_data == 130s);
  CHECK(result.critical == 0s);
  CHECK(result.coverage == doctest::Approx(70.0 / 200));
}

TEST_CASE("the last bad readings are unconfirmed until they are confirmed, cleared or expired") {
  struct Row {
    std::vector<Readings> readings;
    Duration known_until;
    std::optional<Duration> since;
  };
  const auto ok = Status::ok;
  const auto warning = Status::warning;
  const auto critical = Status::critical;
  const auto unknown = Status::unknown;
  const std::vector<Row> rows{
      {{{0s, 10s}, {10s, 20s, critical, ok}}, 20s, 10s},
      {{{0s, 10s}, {10s, 20s, critical, ok}}, 25s, {}},
      {{{0s, 10s}, {10s, 20s, critical, ok}, {20s, 30s}}, 20s, 10s},
      {{{0s, 10s}, {10s, 20s, critical, ok}, {20s, 30s}}, 30s, {}},
      {{{0s, 10s}, {10s, 20s, warning, ok}, {20s, 30s}, {30s, 40s, warning, ok}}, 40s, 30s},
      // An unknown reading clears nothing.
      {{{10s, 20s, critical, ok}, {20s, 30s, unknown, ok}, {30s, 40s, critical, ok}}, 40s, 10s},
      {{{10s, 20s, critical, ok}, {20s, 30s, unknown, ok}}, 30s, {}},
      // Both levels: the first bad reading counts.
      {{{10s, 20s, warning, ok}, {20s, 30s, critical, ok}}, 30s, 10s},
      {{{10s, 20s, warning}, {20s, 30s, critical, warning}}, 30s, 20s},
      {{{10s, 20s, critical}, {20s, 30s, critical}}, 30s, {}},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    const CheckEvidence evidence = evidence_of("db", rows[i].readings);
    const CheckTimeline timeline(evidence, nullptr, {}, kStart + rows[i].known_until);
    CHECK(timeline.unconfirmed_since().has_value() == rows[i].since.has_value());
    if (rows[i].since && timeline.unconfirmed_since())
      CHECK(*timeline.unconfirmed_since() - kStart == *rows[i].since);
  }
}

TEST_CASE("an incident record lasts as long as its last bad reading is valid") {
  CheckEvidence evidence = evidence_of("db", {{0s, 50s},
                                              {50s, 60s, Status::critical},
                                              {60s, 75s, Status::critical},
                                              {75s, 90s, Status::ok, Status::critical},
                                              {90s, 120s},
                                              {120s, 130s, Status::unknown},
                                              {130s, 150s}});
  const auto degraded = Severity::critical;
  evidence.incidents = {
      incident_of(Severity::info, 20s, 30s),       // Counts nowhere.
      incident_of(degraded, 140s),                 // Not known yet.
      incident_of(Severity::unknown, 120s, 120s),  // Until its reading was replaced.
      incident_of(degraded, -20s, -10s),           // Before all readings.
      incident_of(degraded, 50s, 60s),             // The reading at 60 s was valid until 75 s.
      incident_of(degraded, 50s, 55s),             // The one at 50 s until 60 s.
      incident_of(degraded, 50s),                  // Open: the good readings are not part of it.
      incident_of(degraded, 75s),                  // The reading until 75 s came before.
      incident_of(degraded, 95s),
  };
  const CheckTimeline timeline(evidence, nullptr, {}, kStart + 140s);
  CHECK(spans_of(timeline.losses()) == Spans{span_of(120s, 130s)});
  CHECK(spans_of(timeline.incidents()) == Spans{span_of(-20s, -10s), span_of(50s, 75s),
                                                span_of(50s, 60s), span_of(50s, 75s),
                                                span_of(75s, 140s), span_of(95s, 140s)});
}

TEST_CASE("incident records add what the readings lack") {
  CheckEvidence evidence = evidence_of("db", {{0s, 100s}});
  evidence.incidents = {incident_of(Severity::unknown, 10s, 15s),
                        incident_of(Severity::warning, 20s, 30s),
                        incident_of(Severity::critical, 40s, 60s),
                        incident_of(Severity::critical, 90s, 130s)};  // Without data from 100 s on.
  const CheckTimeline timeline(evidence, nullptr, {}, kStart + 200s);
  const CheckResult result = sum_of(timeline, 0s, 200s).result;
  CHECK(result.unknown_time == 5s);
  CHECK(result.warning == 10s);
  CHECK(result.critical == 30s);
  CHECK(result.no_data == 100s);
  CHECK(result.coverage == doctest::Approx(0.475));
  CHECK(timeline.critical_incident_spans().spans() == Spans{span_of(40s, 60s), span_of(90s, 130s)});
  CHECK(timeline.incident_spans().spans() ==
        Spans{span_of(20s, 30s), span_of(40s, 60s), span_of(90s, 130s)});
}

TEST_CASE("which part of an incident was critical, only readings show") {
  CheckEvidence evidence = evidence_of("db", {{0s, 20s}, {20s, 40s, Status::warning}, {40s, 100s}});
  evidence.incidents = {incident_of(Severity::critical, 20s, 20s),
                        incident_of(Severity::critical, 60s)};
  const CheckTimeline timeline(evidence, nullptr, {}, kStart + 100s);
  const CheckSummary sum = sum_of(timeline, 0s, 100s);
  CHECK(sum.result.warning == 20s);
  CHECK(sum.result.critical == 40s);
  CHECK(timeline.critical_incident_spans().spans() == Spans{{kStart + 60s, WallTime::max()}});
  CHECK(timeline.incident_spans().spans() ==
        Spans{span_of(20s, 40s), {kStart + 60s, WallTime::max()}});
}

TEST_CASE("the host's down time is critical for what runs on it, and a loss for every check") {
  const CheckEvidence evidence = evidence_of("it", {{0s, 10s}});
  const auto gap = [](Duration from, Duration until, GapCause cause = GapCause::host_down) {
    return Gap{span_of(from, until), cause};
  };
  const std::vector<Gap> gaps{gap(5s, 5s), gap(100s, 110s), gap(10s, 20s, GapCause::killed),
                              gap(30s, 40s), gap(90s, 130s)};
  const Spans lost{span_of(10s, 20s), span_of(30s, 40s), span_of(90s, 100s)};
  for (const char* kind : {"postgres", "nothing"}) {
    CAPTURE(kind);
    const CheckTimeline elsewhere(evidence, find_kind(kind), gaps, kStart + 100s);
    CHECK(spans_of(elsewhere.losses()) == lost);
    CHECK(elsewhere.incidents().empty());
    CHECK(sum_of(elsewhere, 0s, 200s).result.critical == 0s);
  }
  const CheckTimeline here(evidence, find_kind("pm2"), gaps, kStart + 100s);
  const Spans down{span_of(30s, 40s), span_of(90s, 100s)};
  CHECK(spans_of(here.losses()) == lost);
  CHECK(spans_of(here.incidents()) == down);
  CHECK(here.critical_incident_spans().spans() == down);
  CHECK(here.incident_spans().spans() == down);
  const CheckResult result = sum_of(here, 0s, 200s).result;
  CHECK(result.critical == 20s);
  CHECK(result.no_data == 190s);
  CHECK(result.coverage == doctest::Approx(0.05));
  const IncidentRecord record{"it",
                              Severity::critical,
                              kStart + 90s,
                              kStart + 130s,
                              {{"host_down", Severity::critical, "", "The host was down."}},
                              0};
  CHECK(here.incidents()[1].record == record);
}

TEST_CASE("a gap is described by its cause") {
  const CheckEvidence evidence = evidence_of("db", {});
  const auto text_of = [&](GapCause cause) {
    const CheckTimeline timeline(evidence, nullptr, {{span_of(0s, 9s), cause}}, kStart + 10s);
    const Finding finding = timeline.losses().at(0).record.findings.at(0);
    return finding.code + ": " + finding.text;
  };
  CHECK(text_of(GapCause::host_down) == "host_down: The host was down.");
  CHECK(text_of(GapCause::killed) == "killed: Holdfast was killed.");
  CHECK(text_of(GapCause::stopped) == "stopped: Holdfast was stopped.");
  CHECK(text_of(GapCause::suspended) == "suspended: The host was suspended.");
  CHECK(text_of(GapCause::clock) == "clock: The host's clock was changed.");
}

TEST_CASE("a summary counts only what lies in its span and outside of maintenance") {
  CheckEvidence evidence =
      evidence_of("db", {{0s, 50s}, {50s, 60s, Status::critical}, {60s, 100s}}, "pool");
  evidence.use = {kStart + 5s, kStart + 30s};
  for (const Duration begin : {0s, 20s, 40s, 60s}) {
    evidence.latency.push_back({span_of(begin, begin + 20s), {}});
    evidence.latency.back().values.observe(0.1);
  }
  const CheckTimeline timeline(evidence, nullptr, {}, kStart + 100s);
  const std::vector<Span> days{span_of(0s, 30s), span_of(30s, 60s), span_of(60s, 90s)};
  const CheckResult result =
      timeline.summarize(span_of(20s, 60s), SpanSet(span_of(10s, 30s)), days).result;
  CHECK(result.check == "db");
  CHECK(result.kind == "pool");
  CHECK(result.maintenance == 10s);
  CHECK(result.critical == 10s);
  CHECK(result.no_data == 0s);
  CHECK(result.coverage == 1);
  CHECK(result.days_with_use == 2);
  CHECK(result.latency.count() == 2);
  // Nothing but maintenance is no coverage; the shortest time without it is.
  CHECK(timeline.summarize(span_of(20s, 60s), SpanSet(span_of(0s, 90s)), {}).result.coverage == 0);
  CHECK(sum_of(timeline, 20s, 20s + 1ns).result.coverage == 1);
}

TEST_CASE("days have 24 hours, and the last one may be shorter") {
  CHECK(days_of(span_of(0h, 49h)) == Spans{span_of(0h, 24h), span_of(24h, 48h), span_of(48h, 49h)});
  CHECK(days_of(span_of(0h, 48h)) == Spans{span_of(0h, 24h), span_of(24h, 48h)});
  CHECK(days_of(span_of(0h, 0h)).empty());
}

TEST_CASE("maintenance counts from its declaration on") {
  Evidence evidence;
  evidence.maintenance = {{1, span_of(10s, 20s), kStart + 5s, "early", "root"},
                          {2, span_of(30s, 40s), kStart + 34s, "late", "root"},
                          {3, span_of(50s, 60s), kStart + 60s, "too late", "root"}};
  CHECK(maintenance_of(evidence).spans() == Spans{span_of(10s, 20s), span_of(34s, 40s)});
}
