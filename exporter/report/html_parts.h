// SPDX-License-Identifier: Apache-2.0
// What the HTML report and the status page share: the style, status words with a sign, tables, and
// inline SVG charts, styled by the page. Statuses differ in shape or height as well as in colour.
// Pure functions, any thread.
#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/support/text/escape.h"
#include "exporter/report/report.h"

namespace holdfast {

/// Colours by the reader's own choice of light and dark, print, and all shapes of the pictures.
[[nodiscard]] std::string_view page_style();
/// A status as a word with a sign of its own: told apart without colours, and read aloud well.
[[nodiscard]] std::string status_badge(Status tone, std::string_view word);
/// A table with these column titles. `attributes` of the table begin with a space; `rows` is HTML.
[[nodiscard]] std::string html_table(std::string_view attributes,
                                     std::initializer_list<std::string_view> columns,
                                     const std::string& rows);
/// One `<li>` a sentence in a list, or the paragraph `none`.
[[nodiscard]] std::string html_list(const std::vector<std::string>& sentences,
                                    std::string_view none);
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
