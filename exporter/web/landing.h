// SPDX-License-Identifier: Apache-2.0
// The page at `/`: a small table of checks for whoever opens the port in a browser. No scripts,
// every text escaped. Pure functions.
#pragma once

#include <vector>

#include "exporter/metrics/board.h"
#include "exporter/web/page.h"

namespace holdfast {

[[nodiscard]] PageResponse landing_page(const std::vector<CheckView>& checks, bool ready);
[[nodiscard]] PageResponse style_sheet();
/// `text` fit to stand in HTML, between tags or in a quoted attribute; bounded.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace holdfast
