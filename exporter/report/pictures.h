// SPDX-License-Identifier: Apache-2.0
// Inline SVG for the HTML report and the status page, styled by the page
// (exporter/report/html_parts.h). Statuses differ in height as well as in colour. Pure functions,
// any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// A timeline with its times below; `name` is for screen readers.
[[nodiscard]] std::string timeline_figure(const StatusTimeline& timeline, const std::string& name,
                                          const std::string& zone);
/// The timeline alone.
[[nodiscard]] std::string timeline_picture(const StatusTimeline& timeline, const std::string& name,
                                           const std::string& zone);
/// A chart of p50, p95 and p99 over the range, and its values as a table.
[[nodiscard]] std::string latency_figure(const std::vector<LatencyPoint>& points, Span range,
                                         const std::string& name, const std::string& zone);
/// A small p95 chart with the last value as text.
[[nodiscard]] std::string latency_line(const std::vector<LatencyPoint>& points, Span range,
                                       const std::string& name);
/// A table with a bar for each value; `name` is the check's.
[[nodiscard]] std::string bar_table(const ReportBars& number, const std::string& name);
/// A list of findings with their severity, and how many are not shown; empty where there are none.
[[nodiscard]] std::string finding_list(std::span<const Finding> findings, std::size_t left_out = 0);
/// The legend of timelines.
[[nodiscard]] std::string timeline_legend();

}  // namespace holdfast
