// SPDX-License-Identifier: Apache-2.0
// Which report is due for which target: one for each local day, also of 23 or 25 hours. A failed
// delivery is retried with growing pauses for a day, a missed one sent after a restart. Pure
// functions, any thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/history/evidence.h"

namespace holdfast {

/// A report is sent or retried for this long; then the next one is due.
inline constexpr Duration kDeliveryGivesUp = std::chrono::hours(24);
inline constexpr Duration kFirstPause = std::chrono::minutes(1);
inline constexpr Duration kLongestPause = std::chrono::hours(1);

/// What is known of the deliveries of one report to one target.
struct DeliveryMark {
  double since = 0;     ///< When the report was first seen, in epoch seconds.
  std::string done;     ///< The last day delivered; empty: none.
  std::string day;      ///< The day last attempted.
  std::string sending;  ///< The day whose attempt has begun and not ended; empty: none.
  double tries = 0;     ///< Failed ones for `day`.
  double next = 0;      ///< When `day` is tried again, in epoch seconds.
  bool operator==(const DeliveryMark&) const = default;
};
/// By the id of report and target.
using DeliveryMarks = std::map<std::string, DeliveryMark>;

/// One report for one target on one day.
struct Delivery {
  std::size_t report = 0;  ///< Index in the config.
  std::size_t target = 0;  ///< Index in the report's list.
  std::string id;          ///< Of report and target; holds no secret.
  std::string day;         ///< "2026-11-23", the local day.
  WallTime due;
  WallTime next_try;
  bool was_being_sent = false;  ///< Interrupted by a crash: it may have arrived.
};

/// The current or next delivery of each report and target, by `next_try`. `marks` is written by the
/// note_ functions below. A report configured after its time of day starts on the next day.
[[nodiscard]] std::vector<Delivery> plan_deliveries(const std::vector<ReportConfig>& reports,
                                                    const std::string& zone,
                                                    const DeliveryMarks& marks, WallTime now);

/// Notes since when reports are configured: nothing older is sent.
void note_new_reports(const std::vector<ReportConfig>& reports, DeliveryMarks& marks, WallTime now);
/// Before the attempt, so that it is not repeated after a crash.
void note_attempt(const Delivery& delivery, DeliveryMarks& marks);
void note_success(const Delivery& delivery, DeliveryMarks& marks);
void note_failure(const Delivery& delivery, DeliveryMarks& marks, WallTime now);

/// The marks as JSON for the history, and back; no marks for a text of any other shape.
[[nodiscard]] std::string encode_marks(const DeliveryMarks& marks);
[[nodiscard]] DeliveryMarks decode_marks(const std::string& text);

}  // namespace holdfast
