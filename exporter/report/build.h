// SPDX-License-Identifier: Apache-2.0
// The steps by which a report is made from its source, for report/*.cpp only. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// How a check stood over `range`, reckoned as a window reckons.
[[nodiscard]] CheckResult sum_up(const CheckEvidence& check, const Evidence& evidence, Span range);
/// Every check of the evidence over `range`; only those named where there are names.
[[nodiscard]] std::vector<ReportCheck> make_checks(const ReportSource& source, Span range,
                                                   const std::vector<std::string>& names);
/// What is another than in the stretch of the same length before `range`.
[[nodiscard]] std::vector<std::string> render_changes(const ReportSource& source, Span range);
/// What will happen in the 24 hours from now: certificates and keys that expire.
[[nodiscard]] std::vector<std::string> render_coming(const ReportSource& source);
/// The value of a sample's label; empty where it has none of that name.
[[nodiscard]] std::string label_of(const Sample& sample, std::string_view name);
/// Gaps with their causes, maintenance.
[[nodiscard]] std::vector<std::string> render_notes(const ReportSource& source, Span range);
/// The same with a closing "12 more are left out." where there are too many.
[[nodiscard]] std::vector<std::string> bounded(std::vector<std::string> sentences,
                                               std::string_view noun);

}  // namespace holdfast
