// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/status_timeline.h"

#include <doctest/doctest.h>

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

const WallTime kStart = std::chrono::system_clock::from_time_t(1'700'000'000);
const Span kShownDay{kStart, kStart + 24h};

CheckEvidence all_ok() {
  CheckEvidence out{.check = "c", .kind = "pm2"};
  out.spans = {{kShownDay, Status::ok, Status::ok}};
  return out;
}

IncidentRecord incident(WallTime since, std::optional<WallTime> until) {
  return {.check = "c", .severity = Severity::critical, .since = since, .until = until};
}

}  // namespace

TEST_CASE("an outage of a second shows in the timeline of a day") {
  CheckEvidence evidence = all_ok();
  evidence.incidents = {incident(kStart + 90min, kStart + 90min + 1s)};
  const StatusTimeline timeline = make_status_timeline(evidence, {}, kShownDay, 24);
  CHECK(state_at(timeline, 0) == CellState::ok);
  CHECK(state_at(timeline, 1) == CellState::critical);
  CHECK(state_at(timeline, 2) == CellState::ok);
  CHECK(timeline.runs.size() == 3);
}

TEST_CASE("an incident of one reading shows, one of another day does not") {
  CheckEvidence evidence = all_ok();
  evidence.incidents = {incident(kStart + 90min, kStart + 90min)};
  CHECK(state_at(make_status_timeline(evidence, {}, kShownDay, 24), 1) == CellState::critical);
  evidence.incidents = {incident(kStart - 3h, kStart - 2h), incident(kShownDay.end + 1h, {})};
  CHECK(make_status_timeline(evidence, {}, kShownDay, 24).runs.size() == 1);
}

TEST_CASE("a cell has no data when readings cover less than half of it") {
  CheckEvidence evidence = all_ok();
  evidence.spans = {{{kStart, kStart + 10h + 20min}, Status::ok, Status::ok},
                    {{kStart + 12h + 10min, kShownDay.end}, Status::unknown, Status::ok}};
  const StatusTimeline timeline = make_status_timeline(evidence, {}, kShownDay, 24);
  CHECK(state_at(timeline, 9) == CellState::ok);
  CHECK(state_at(timeline, 10) == CellState::none);
  CHECK(state_at(timeline, 11) == CellState::none);
  CHECK(state_at(timeline, 12) == CellState::unknown);
  CHECK(describe_timeline(timeline) == "ok 42 %, no data 8 %, unknown 50 %");
}

TEST_CASE("maintenance is marked from its declaration on, and hides no outage") {
  CheckEvidence evidence = all_ok();
  evidence.incidents = {incident(kStart + 3h + 10min, kStart + 3h + 20min)};
  Maintenance stretch;
  stretch.span = {kStart + 1h, kStart + 5h};
  stretch.declared = kStart + 2h;
  const StatusTimeline timeline = make_status_timeline(evidence, {stretch}, kShownDay, 24);
  CHECK(state_at(timeline, 1) == CellState::ok);
  CHECK(state_at(timeline, 2) == CellState::maintenance);
  CHECK(state_at(timeline, 3) == CellState::critical);
  CHECK(state_at(timeline, 4) == CellState::maintenance);
}

TEST_CASE("a timeline without evidence has no data") {
  const StatusTimeline timeline = make_status_timeline({}, {}, kShownDay, 24);
  REQUIRE(timeline.runs.size() == 1);
  CHECK(timeline.runs[0] == TimelineSegment{CellState::none, 0, 24});
  CHECK(make_status_timeline({}, {}, {kStart, kStart}, 24).cells == 24);
}
