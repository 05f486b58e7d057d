// SPDX-License-Identifier: Apache-2.0
// Evidence and verdicts made by hand for the tests of reports and of the status page: a site with
// four checks, on the second day of its window.
#pragma once

#include "exporter/report/report.h"

namespace holdfast::testing {

/// The moment at which all of it is told: Mon 23 Nov 2026 09:00 UTC.
[[nodiscard]] WallTime report_now();
/// Two days of four checks: all well, but `timeweb` refused for four minutes yesterday evening.
[[nodiscard]] ReportSource usual_source();
/// The same while `services` is critical, has a process with a hostile name and a finding of
/// 10,000 characters, after a thousand incidents in this day.
[[nodiscard]] ReportSource hostile_source();
/// `usual_source` with nobody having looked for the last nine hours.
[[nodiscard]] ReportSource blind_source();

}  // namespace holdfast::testing
