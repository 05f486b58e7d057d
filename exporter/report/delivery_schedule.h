// SPDX-License-Identifier: Apache-2.0
// Which report is due where: one for each local day, also when a day has 23 or 25 hours; tried
// again with growing pauses for a day; made up after a restart. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "checks/memory.h"
#include "exporter/config/config.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// How long a report is worth sending; then the next one is due.
inline constexpr Duration kDeliveryGivesUp = std::chrono::hours(24);
inline constexpr Duration kFirstPause = std::chrono::minutes(1);
inline constexpr Duration kLongestPause = std::chrono::hours(1);

/// One report for one target on one day.
struct Delivery {
  std::size_t report = 0;  ///< Index in the config.
  std::size_t target = 0;  ///< Index in the report's list.
  std::string id;          ///< Of report and target; holds no secret.
  std::string day;         ///< "2026-11-23", the local day.
  WallTime due;
  WallTime next_try;
  bool was_being_sent = false;  ///< The last life ended in the middle: it may have arrived.
};

/// What is due or will be next of each report and target, by `next_try`. `state` is what
/// note_… below have written. A report first seen after its hour waits for the next day.
[[nodiscard]] std::vector<Delivery> plan_deliveries(const std::vector<ReportConfig>& reports,
                                                    const std::string& zone, const Memory& state,
                                                    WallTime now);

/// Takes note of reports that are new, so that nothing from before their time is made up.
void note_new_reports(const std::vector<ReportConfig>& reports, Memory& state, WallTime now);
/// Before the attempt: whoever finds this mark after a crash does not send a second time.
void note_attempt(const Delivery& delivery, Memory& state);
void note_success(const Delivery& delivery, Memory& state);
void note_failure(const Delivery& delivery, Memory& state, WallTime now);

/// The marks as one text for the history, and back; what is none of ours is left out.
[[nodiscard]] std::string encode_marks(const Memory& state);
[[nodiscard]] Memory decode_marks(std::string_view text);

}  // namespace holdfast
