// SPDX-License-Identifier: Apache-2.0
// The charts of the HTML report and the status page, as inline SVG.
#include <algorithm>
#include <array>
#include <cstdio>

#include "exporter/report/html_parts.h"
#include "exporter/report/words.h"

namespace holdfast {
namespace {

constexpr int kTimelineHeight = 20;
constexpr double kChartWidth = 1000;
constexpr double kChartHeight = 100;

/// The height of a state.
int height_of(CellState state) {
  static constexpr std::array<int, 6> kHeights{6, 1, 4, 10, 14, 20};
  return kHeights.at(static_cast<std::size_t>(state));
}

std::string class_of(CellState state) {
  return state == CellState::none ? "c-none" : "c-" + std::string(name_of(state));
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string rectangle(const TimelineSegment& run, const std::string& title) {
  const int height = height_of(run.state);
  std::string out = "<rect class=\"" + class_of(run.state) + "\" x=\"" + std::to_string(run.first) +
                    "\" y=\"" + std::to_string(kTimelineHeight - height) + "\" width=\"" +
                    std::to_string(run.cells) + "\" height=\"" + std::to_string(height) + "\"";
  return title.empty() ? out + "/>" : out + "><title>" + escape_html(title) + "</title></rect>";
}

WallTime time_of(const StatusTimeline& timeline, std::size_t cell) {
  const auto cells = static_cast<long>(std::max<std::size_t>(timeline.cells, 1));
  return timeline.range.begin + timeline.range.length() / cells * static_cast<long>(cell);
}

std::string axis(Span range, const std::string& zone) {
  return "<div class=\"axis\"><span>" + escape_html(render_time(range.begin, zone)) +
         "</span><span>" + escape_html(render_time(range.end, zone)) + "</span></div>\n";
}

double highest(const std::vector<LatencyPoint>& points) {
  double most = 0;
  for (const LatencyPoint& point : points) most = std::max(most, point.p99);
  return most > 0 ? most : 1;
}

/// One line, interrupted where an hour or a day has no data.
std::string line_of(const std::vector<LatencyPoint>& points, Span range,
                    double LatencyPoint::*value, const std::string& name) {
  const double length = std::max(seconds(range.length()), 1.0);
  const double most = highest(points);
  std::string path;
  const LatencyPoint* last = nullptr;
  for (const LatencyPoint& point : points) {
    const auto x = [&](WallTime at) {
      return number(kChartWidth * seconds(at - range.begin) / length);
    };
    const std::string y = number(kChartHeight * (1 - 0.95 * point.*value / most));
    const bool goes_on = last != nullptr && last->span.end >= point.span.begin;
    path.append(goes_on ? "L" : "M").append(x(point.span.begin)).append(" ").append(y);
    path.append("L").append(x(point.span.end)).append(" ").append(y);
    last = &point;
  }
  return "<path class=\"" + name + "\" d=\"" + path + "\"/>";
}

std::string chart_of(const std::vector<LatencyPoint>& points, Span range, const std::string& style,
                     const std::string& label, bool all_lines) {
  std::string lines = line_of(points, range, &LatencyPoint::p95, "l-p95");
  if (all_lines)
    lines += line_of(points, range, &LatencyPoint::p50, "l-p50") +
             line_of(points, range, &LatencyPoint::p99, "l-p99");
  return "<svg class=\"" + style + "\" viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" " +
         "role=\"img\" aria-label=\"" + escape_html(label) + "\">" + lines + "</svg>\n";
}

std::string as_seconds(double value) { return render_value(value, Unit::seconds); }

}  // namespace

std::string timeline_picture(const StatusTimeline& timeline, const std::string& name,
                             const std::string& zone) {
  std::string shapes;
  for (const TimelineSegment& run : timeline.runs) {
    const Span span{time_of(timeline, run.first), time_of(timeline, run.first + run.cells)};
    shapes += rectangle(run, std::string(name_of(run.state)) + ", " + render_span(span, zone));
  }
  return "<svg class=\"strip\" viewBox=\"0 0 " + std::to_string(timeline.cells) + " " +
         std::to_string(kTimelineHeight) + "\" preserveAspectRatio=\"none\" role=\"img\" " +
         "aria-label=\"" + escape_html(name + ": " + describe_timeline(timeline)) + "\">" + shapes +
         "</svg>\n";
}

std::string timeline_figure(const StatusTimeline& timeline, const std::string& name,
                            const std::string& zone) {
  return "<figure>" + timeline_picture(timeline, name, zone) + axis(timeline.range, zone) +
         "</figure>\n";
}

std::string latency_figure(const std::vector<LatencyPoint>& points, Span range,
                           const std::string& name, const std::string& zone) {
  if (points.empty()) return {};
  const double most = highest(points);
  std::string rows;
  for (const LatencyPoint& point : points) {
    rows += "<tr><th scope=\"row\">" + escape_html(render_time(point.span.begin, zone)) + "</th>";
    for (const double value : {point.p50, point.p95, point.p99})
      rows += "<td class=\"number\">" + as_seconds(value) + "</td>";
    rows += "</tr>\n";
  }
  return "<figure>" +
         chart_of(points, range, "chart", name + ": latency, maximum " + as_seconds(most), true) +
         axis(range, zone) + "<figcaption>Latency: p95 solid, p50 dashed, p99 dotted; maximum " +
         as_seconds(most) + ".</figcaption>\n<details><summary>Latency of " + escape_html(name) +
         " as a table</summary>\n" + html_table("", {"from", "p50", "p95", "p99"}, rows) +
         "</details></figure>\n";
}

std::string latency_line(const std::vector<LatencyPoint>& points, Span range,
                         const std::string& name) {
  if (points.empty()) return {};
  const std::string last = as_seconds(points.back().p95);
  const std::string label = name + ": latency over 24 hours, p95 of the last hour " + last;
  return chart_of(points, range, "spark", label, false) + "<div class=\"axis\"><span>p95 " + last +
         "</span><span>max " + as_seconds(highest(points)) + "</span></div>\n";
}

std::string finding_list(std::span<const Finding> findings, std::size_t left_out) {
  std::string items;
  for (const Finding& finding : findings)
    items += "<li>" + status_badge(status_of(finding.severity), name_of(finding.severity)) + " " +
             escape_html(shown(finding.text)) + "</li>\n";
  if (left_out > 0)
    items += "<li class=\"note\">" + render_left_out(left_out, "more finding") + "</li>\n";
  return items.empty() ? items : "<ul>\n" + items + "</ul>\n";
}

std::string bar_table(const ReportBars& number_shown, const std::string& name) {
  double most = 0;
  for (const ReportBar& bar : number_shown.bars) most = std::max({most, bar.value, bar.of});
  std::string rows;
  for (const ReportBar& bar : number_shown.bars) {
    const double full = bar.of > 0 ? bar.of : std::max(most, 1.0);
    const double share = std::clamp(bar.value / full, 0.0, 1.0);
    std::string text = render_value(bar.value, Unit::count);
    if (bar.of > 0) text += " of " + render_value(bar.of, Unit::count);
    rows += "<tr><th scope=\"row\">" + escape_html(shown_name(bar.label)) + "</th><td>" +
            "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" " +
            "aria-hidden=\"true\"><rect class=\"b-rest\" width=\"100\" height=\"8\"/>" +
            "<rect class=\"b-used\" width=\"" + number(share * 100) +
            "\" height=\"8\"/></svg></td><td class=\"number\">" + text + "</td></tr>\n";
  }
  return "<details open><summary>" + escape_html(number_shown.title + " (" + name + ")") +
         "</summary>\n" + html_table("", {"name", "share", "count"}, rows) + "</details>\n";
}

std::string timeline_legend() {
  std::string items;
  for (const CellState state : {CellState::ok, CellState::warning, CellState::critical,
                                CellState::unknown, CellState::maintenance, CellState::none})
    items += "<li><svg class=\"sign\" viewBox=\"0 0 30 20\" preserveAspectRatio=\"none\" " +
             std::string("aria-hidden=\"true\">") + rectangle({state, 0, 30}, "") + "</svg>" +
             std::string(name_of(state)) + "</li>\n";
  return "<ul class=\"legend\">\n" + items + "</ul>\n";
}

}  // namespace holdfast
