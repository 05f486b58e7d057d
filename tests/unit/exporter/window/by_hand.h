// SPDX-License-Identifier: Apache-2.0
// Evidence written by hand, in time after the start, for rules that a played week does not reach.
// Plain values.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/unit/exporter/window/week.h"

namespace holdfast::testing {

/// Readings of one status in a stretch of time, confirmed at once unless `confirmed` differs.
struct Readings {
  Duration from{};
  Duration until{};
  Status raw = Status::ok;
  std::optional<Status> confirmed{};
};

[[nodiscard]] Span span_of(Duration from, Duration until);
[[nodiscard]] CheckEvidence evidence_of(std::string check, const std::vector<Readings>& readings,
                                        std::string kind = "postgres");
/// An incident with one finding; open without `until`.
[[nodiscard]] IncidentRecord incident_of(Severity severity, Duration since,
                                         std::optional<Duration> until = {},
                                         std::string text = "Something is wrong.");
/// A window of 1000 s from the start; at least 90 % of it must be covered.
[[nodiscard]] WindowConfig short_window(std::vector<std::string> checks, Criteria criteria = {});
/// The evidence of these checks until `now`.
[[nodiscard]] Evidence evidence_until(Duration now, std::vector<CheckEvidence> checks);
[[nodiscard]] WindowResult judge_by_hand(const WindowConfig& window, const Evidence& evidence);
[[nodiscard]] WindowResult judge_by_hand(const WindowConfig& window, Duration now,
                                         std::vector<CheckEvidence> checks);
[[nodiscard]] const CriterionResult& criterion_of(const WindowResult& result,
                                                  std::string_view name);

}  // namespace holdfast::testing
