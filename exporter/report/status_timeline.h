// SPDX-License-Identifier: Apache-2.0
// A check's status over time as a bounded row of cells. A cell shows its worst status, so that no
// short outage is hidden. Plain values and pure functions, any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/history/evidence.h"

namespace holdfast {

/// What a cell shows, worst last.
enum class CellState : std::uint8_t { ok, none, maintenance, unknown, warning, critical };
/// "ok", "no data", "maintenance", "unknown", "warning", "critical".
[[nodiscard]] std::string_view name_of(CellState state);

/// Cells of equal state that follow each other.
struct TimelineSegment {
  CellState state = CellState::none;
  std::size_t first = 0;  ///< The index of the first cell.
  std::size_t cells = 0;
  bool operator==(const TimelineSegment&) const = default;
};

struct StatusTimeline {
  Span range;
  std::size_t cells = 0;
  std::vector<TimelineSegment> runs;  ///< They cover all cells.
};

/// A cell is critical or warning where a confirmed incident touches it, unknown where a reading was
/// unknown, and has no data where readings cover less than half of it.
[[nodiscard]] StatusTimeline make_status_timeline(const CheckEvidence& evidence,
                                                  const std::vector<Maintenance>& maintenance,
                                                  Span range, std::size_t cells);
/// The state of a cell, for tests and for text.
[[nodiscard]] CellState state_at(const StatusTimeline& timeline, std::size_t cell);
/// "ok 98 %, critical 2 %", for screen readers.
[[nodiscard]] std::string describe_timeline(const StatusTimeline& timeline);

/// Whether any of it lies in `range`.
[[nodiscard]] bool touches(const IncidentRecord& incident, Span range);
/// What an incident covers of `range`: to its last sign, or to the end while it is open.
[[nodiscard]] Span span_of(const IncidentRecord& incident, Span range);

}  // namespace holdfast
