// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/status_timeline.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "exporter/window/span_set.h"

namespace holdfast {
namespace {

Span clip(Span span, Span range) {
  return {std::max(span.begin, range.begin), std::min(span.end, range.end)};
}

CellState cell_of(Severity severity) {
  static constexpr std::array kCells{CellState::ok, CellState::warning, CellState::unknown,
                                     CellState::critical};
  return kCells.at(static_cast<std::size_t>(severity));
}

}  // namespace

std::string_view name_of(CellState state) {
  static constexpr std::array<std::string_view, 6> kNames{"ok",      "no data", "maintenance",
                                                          "unknown", "warning", "critical"};
  return kNames.at(static_cast<std::size_t>(state));
}

Span span_of(const IncidentRecord& incident, Span range) {
  return clip({incident.since, incident.until.value_or(range.end)}, range);
}

bool touches(const IncidentRecord& incident, Span range) {
  return incident.since < range.end && incident.until.value_or(range.end) >= range.begin;
}

StatusTimeline make_status_timeline(const CheckEvidence& evidence,
                                    const std::vector<Maintenance>& maintenance, Span range,
                                    std::size_t cells) {
  const auto count = static_cast<long>(std::max<std::size_t>(cells, 1));
  const Duration width = std::max(range.length() / count, Duration{1});
  const auto span_of_cell = [&](std::size_t cell) {
    const WallTime begin = range.begin + width * static_cast<long>(cell);
    return Span{begin, begin + width};
  };
  std::vector<CellState> states(cells, CellState::ok);
  // Makes every cell that `span` touches at least this bad.
  const auto paint = [&](Span span, CellState state) {
    span = clip(span, range);
    if (span.end <= span.begin) return;
    auto cell = static_cast<std::size_t>((span.begin - range.begin) / width);
    for (; cell < cells && span_of_cell(cell).begin < span.end; ++cell)
      states[cell] = std::max(states[cell], state);
  };
  std::vector<Span> seen;
  for (const StatusSpan& step : evidence.spans) {
    seen.push_back(step.span);
    if (step.raw == Status::unknown) paint(step.span, CellState::unknown);
  }
  for (const Maintenance& stretch : maintenance)
    paint({std::max(stretch.span.begin, stretch.declared), stretch.span.end},
          CellState::maintenance);
  for (const IncidentRecord& incident : evidence.incidents) {
    if (!touches(incident, range)) continue;
    Span span = span_of(incident, range);
    // An incident of a single reading has no length, but must show.
    span.end = std::max(span.end, span.begin + std::chrono::seconds(1));
    paint(span, cell_of(incident.severity));
  }
  StatusTimeline out{range, cells, {}};
  const SpanSet data(std::move(seen));
  for (std::size_t cell = 0; cell < cells; ++cell) {
    // Missing data shows from half of the cell on, where there is nothing else to show.
    const bool is_bare =
        states[cell] == CellState::ok && data.within(span_of_cell(cell)).length() * 2 <= width;
    const CellState state = is_bare ? CellState::none : states[cell];
    if (out.runs.empty() || out.runs.back().state != state) out.runs.push_back({state, cell, 0});
    ++out.runs.back().cells;
  }
  return out;
}

CellState state_at(const StatusTimeline& timeline, std::size_t cell) {
  for (const TimelineSegment& run : timeline.runs)
    if (cell < run.first + run.cells) return run.state;
  return CellState::none;
}

std::string describe_timeline(const StatusTimeline& timeline) {
  std::array<std::size_t, 6> counts{};
  for (const TimelineSegment& run : timeline.runs)
    counts.at(static_cast<std::size_t>(run.state)) += run.cells;
  std::string out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts.at(i) == 0 || timeline.cells == 0) continue;
    const double share =
        100.0 * static_cast<double>(counts.at(i)) / static_cast<double>(timeline.cells);
    const auto whole = static_cast<long>(std::lround(share));
    out += (out.empty() ? "" : ", ") + std::string(name_of(static_cast<CellState>(i))) + " " +
           (whole == 0 ? std::string("under 1") : std::to_string(whole)) + " %";
  }
  return out.empty() ? "no data" : out;
}

}  // namespace holdfast
