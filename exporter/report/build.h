// SPDX-License-Identifier: Apache-2.0
// The steps that make a report from its source, for report/*.cpp only. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "exporter/report/report.h"

namespace holdfast {

/// The result of a check over `range`, computed as for a window.
[[nodiscard]] CheckResult sum_up(const CheckEvidence& check, const Evidence& evidence, Span range);
/// Every check of the evidence over `range`; only `names` where given.
[[nodiscard]] std::vector<ReportCheck> make_checks(const ReportSource& source, Span range,
                                                   const std::vector<std::string>& names);
/// What differs from the period of the same length before `range`.
[[nodiscard]] std::vector<std::string> render_changes(const ReportSource& source, Span range);
/// What will happen in the 24 hours from now: expiries, windows that begin or end.
[[nodiscard]] std::vector<std::string> render_upcoming(const ReportSource& source);
/// Findings that announce a problem before it needs action: a certificate that expires in 29 days,
/// pre-keys that run low.
[[nodiscard]] std::vector<std::string> render_notices(const ReportSource& source);
/// The value of a sample's label; empty where it has none of that name.
[[nodiscard]] std::string label_of(const Sample& sample, std::string_view name);
/// Gaps with their causes, and maintenance.
[[nodiscard]] std::vector<std::string> render_notes(const ReportSource& source, Span range);
/// At most kMaxReportSentences, then "12 more changes not shown."
[[nodiscard]] std::vector<std::string> bounded(std::vector<std::string> sentences,
                                               std::string_view noun);

}  // namespace holdfast
