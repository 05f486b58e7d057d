// SPDX-License-Identifier: Apache-2.0
// Evidence and verdicts for the tests of reports and of the status page: four checks, on the second
// day of their window.
#pragma once

#include "exporter/report/report.h"

namespace holdfast::testing {

/// The time of all reports: Mon 23 Nov 2026 09:00 UTC.
[[nodiscard]] WallTime report_now();
/// Two days of four checks, all ok except that `timeweb` was critical for four minutes.
[[nodiscard]] ReportSource usual_source();
/// The same while `services` is critical, has a process with a hostile name and a finding of
/// 10,000 characters, after a thousand incidents in this day.
[[nodiscard]] ReportSource hostile_source();
/// `usual_source` without data for the last 13 hours.
[[nodiscard]] ReportSource no_data_source();

}  // namespace holdfast::testing
