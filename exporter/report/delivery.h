// SPDX-License-Identifier: Apache-2.0
// Delivery of reports: which report is due for which target, and sending it. A report is due once
// on each local day, also of 23 or 25 hours. A failed delivery is retried with growing pauses for a
// day, one missed while the daemon was down is sent later, and none is sent twice. No error text
// contains a URL, a token or a response. Functions, not thread-safe for the same marks.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checks/support/io/resolver.h"
#include "exporter/config/config.h"
#include "exporter/report/report.h"

namespace holdfast {

/// A report is sent or retried for this long; then the next one is due.
inline constexpr Duration kDeliveryGivesUp = std::chrono::hours(24);
inline constexpr Duration kFirstPause = std::chrono::minutes(1);
inline constexpr Duration kLongestPause = std::chrono::hours(1);
/// The time limit of one attempt.
inline constexpr Duration kSendTimeout = std::chrono::seconds(30);
/// Telegram refuses messages of more than 4,096 characters, so a longer text is truncated.
inline constexpr std::size_t kMaxTelegramBytes = 4000;

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

/// The marks as JSON for the history, and back; no marks for a text of any other shape.
[[nodiscard]] std::string encode_marks(const DeliveryMarks& marks);
[[nodiscard]] DeliveryMarks decode_marks(const std::string& text);

/// One report for one target on one day.
struct Delivery {
  const ReportConfig* report = nullptr;  ///< In the list that was planned.
  const ReportTarget* target = nullptr;
  std::string id;   ///< Of report and target; holds no secret.
  std::string day;  ///< "2026-11-23", the local day.
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

struct DeliveryDependencies {
  /// Stores the marks durably; false: a report must not be sent.
  std::function<bool(const DeliveryMarks&)> save;
  /// The current report of that config; nothing when it cannot be made.
  std::function<std::optional<Report>(const ReportConfig&)> make;
  std::function<WallTime()> now;
  Resolver& resolver;
  const StopEvent& stop;
};

/// Sends what is due now, one report after the other. Each attempt is saved before and after.
void deliver_due(const std::vector<ReportConfig>& reports, const std::string& zone,
                 DeliveryMarks& marks, const DeliveryDependencies& dependencies);

/// Sends a report to a file, a webhook or a Telegram chat. Redirects are not followed. `key` is the
/// Idempotency-Key header, the same for each attempt, by which receivers drop duplicates. `day`
/// replaces "{date}" in file names.
[[nodiscard]] Result<Done> send_report(const Report& report, const ReportTarget& target,
                                       const std::string& key, const std::string& day,
                                       Resolver& resolver, const Deadline& deadline);

/// The JSON body of Telegram's sendMessage, the text truncated to kMaxTelegramBytes. Pure.
[[nodiscard]] std::string telegram_message(const std::string& chat, const std::string& text);

}  // namespace holdfast
