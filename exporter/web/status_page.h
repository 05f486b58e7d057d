// SPDX-License-Identifier: Apache-2.0
// The page at `/`: windows with their verdicts; all checks with status, its start, findings, a
// status timeline and a latency line of 24 hours. Complete without JavaScript; a small script polls
// it by ETag. No resource comes from another host, and every text is escaped.
#pragma once

#include <string>
#include <vector>

#include "exporter/metrics/status_store.h"
#include "exporter/report/report.h"
#include "exporter/web/page.h"

namespace holdfast {

/// All that the page shows.
struct StatusFacts {
  std::vector<CheckView> checks;
  const ReportSource& overview;  ///< Of the last 24 hours.
  bool ready = false;
};
/// The page as HTML. Pure.
[[nodiscard]] std::string render_status_page(const StatusFacts& facts);

/// The files of the page: style, script and icon. Status 404 for any other path.
[[nodiscard]] PageResponse status_asset(std::string_view path);

}  // namespace holdfast
