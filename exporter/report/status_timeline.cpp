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

/// The cells of a timeline while they are painted.
class Canvas {
 public:
  Canvas(Span range, std::size_t cells)
      : range_(range), states_(cells, CellState::ok), bare_(cells, Duration{}) {
    const auto width = range.length() / static_cast<long>(std::max<std::size_t>(cells, 1));
    width_ = std::max<Duration>(width, Duration{1});
  }

  /// Makes every cell that `span` touches at least this bad.
  void paint(Span span, CellState state) {
    for_each(span, [&](std::size_t cell, Duration /*part*/) {
      states_[cell] = std::max(states_[cell], state);
    });
  }
  /// Marks time without data; a cell without other states shows it from half of its width on.
  void bare(Span span) {
    for_each(span, [&](std::size_t cell, Duration part) { bare_[cell] += part; });
  }
  [[nodiscard]] std::vector<TimelineSegment> runs() const {
    std::vector<TimelineSegment> out;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      const bool is_bare = states_[i] == CellState::ok && bare_[i] * 2 >= width_;
      const CellState state = is_bare ? CellState::none : states_[i];
      if (out.empty() || out.back().state != state) out.push_back({state, i, 0});
      ++out.back().cells;
    }
    return out;
  }

 private:
  template <class Visit>
  void for_each(Span span, const Visit& visit) {
    const Span part = clip(span, range_);
    if (part.end <= part.begin) return;
    auto cell = static_cast<std::size_t>((part.begin - range_.begin) / width_);
    for (; cell < states_.size(); ++cell) {
      const WallTime begin = range_.begin + as_wall(width_ * static_cast<long>(cell));
      if (begin >= part.end) return;
      visit(cell, clip({begin, begin + as_wall(width_)}, part).length());
    }
  }
  static WallTime::duration as_wall(Duration d) {
    return std::chrono::duration_cast<WallTime::duration>(d);
  }

  Span range_;
  std::vector<CellState> states_;
  std::vector<Duration> bare_;
  Duration width_{};
};

CellState cell_of(Severity severity) {
  switch (severity) {
    case Severity::critical:
      return CellState::critical;
    case Severity::warning:
      return CellState::warning;
    case Severity::unknown:
      return CellState::unknown;
    case Severity::info:
      break;
  }
  return CellState::ok;
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
  StatusTimeline out{range, cells, {}};
  Canvas canvas(range, cells);
  std::vector<Span> seen;
  for (const StatusSpan& step : evidence.spans) {
    seen.push_back(step.span);
    if (step.raw == Status::unknown) canvas.paint(step.span, CellState::unknown);
  }
  WallTime from = range.begin;
  const SpanSet data = SpanSet(std::move(seen)).within(range);
  for (const Span& span : data.spans()) {
    canvas.bare({from, span.begin});
    from = span.end;
  }
  canvas.bare({from, range.end});
  for (const Maintenance& stretch : maintenance) {
    canvas.paint({std::max(stretch.span.begin, stretch.declared), stretch.span.end},
                 CellState::maintenance);
  }
  for (const IncidentRecord& incident : evidence.incidents) {
    if (!touches(incident, range)) continue;
    Span span = span_of(incident, range);
    // An incident of a single reading has no length, but must show.
    span.end = std::max(span.end, span.begin + std::chrono::seconds(1));
    canvas.paint(span, cell_of(incident.severity));
  }
  out.runs = canvas.runs();
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
