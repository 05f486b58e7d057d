// SPDX-License-Identifier: Apache-2.0
// Pictures as inline SVG for the HTML report and the status page: shapes only, styled by the page
// (exporter/html.h), readable by height where colours are not. Pure functions, any thread.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// A strip with its times below. `name` is said to whoever cannot see it.
[[nodiscard]] std::string timeline_figure(const StatusTimeline& timeline, const std::string& name,
                                          const std::string& zone);
/// The strip alone.
[[nodiscard]] std::string timeline_picture(const StatusTimeline& timeline, const std::string& name,
                                           const std::string& zone);
/// p50, p95 and p99 over the range, with a table of the numbers behind it.
[[nodiscard]] std::string latency_figure(const std::vector<LatencyPoint>& points, Span range,
                                         const std::string& name, const std::string& zone);
/// A small p95 line, and the last value in words.
[[nodiscard]] std::string latency_line(const std::vector<LatencyPoint>& points, Span range,
                                       const std::string& name);
/// A table with a bar for each value; `name` is the check's.
[[nodiscard]] std::string bar_table(const ReportBars& number, const std::string& name);
/// Findings with their severity, a list of them, and how many are left out; nothing where there are
/// none.
[[nodiscard]] std::string finding_list(std::span<const Finding> findings, std::size_t left_out = 0);
/// What the heights and colours of strips mean.
[[nodiscard]] std::string timeline_legend();

}  // namespace holdfast
