// SPDX-License-Identifier: Apache-2.0
// Reads what reports are made of from the history: evidence and window results. Any thread; the
// history guards itself.
#pragma once

#include <string>

#include "exporter/metrics/status_store.h"
#include "exporter/report/report.h"
#include "exporter/window/results.h"

namespace holdfast {

/// The source of the daily report, or of the named window's. Its evidence begins a day before the
/// report's range, for the comparison. Error: the history cannot be read.
[[nodiscard]] Result<ReportSource> gather_report(const WindowSource& history, const Config& config,
                                                 const std::string& window, WallTime now);

/// The latest reading of a check, as the status store holds it.
[[nodiscard]] CheckNow check_now(const CheckPage& page);

}  // namespace holdfast
