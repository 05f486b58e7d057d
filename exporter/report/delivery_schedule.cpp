// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "checks/base/local_time.h"
#include "checks/support/text/time_text.h"
#include "exporter/report/delivery.h"

namespace holdfast {
namespace {

using std::chrono::days;
using LocalDay = std::chrono::local_days;

double epoch_of(WallTime at) { return seconds(at.time_since_epoch()); }
WallTime wall_of(double at) { return WallTime{} + from_seconds(at); }

/// From what is sent and where to, not from its index: a list may be reordered.
std::string id_of(const ReportConfig& report, const ReportTarget& target) {
  return (report.window.empty() ? "day" : report.window) + " " + std::to_string(report.at.count()) +
         " " + target.format + " " + target.place;
}

/// Sets day and time of the first delivery that is not done and not too old: of yesterday, today or
/// a coming day. False: there is none.
bool set_day(Delivery& out, const std::string& zone, const DeliveryMarks& marks, WallTime now) {
  const auto known = marks.find(out.id);
  const DeliveryMark mark =
      known == marks.end() ? DeliveryMark{.since = epoch_of(now)} : known->second;
  const LocalDay today = std::chrono::floor<days>(local_time_at(now, zone));
  for (const int offset : {-1, 0, 1, 2}) {
    const LocalDay day = today + days(offset);
    out.day = format_time(WallTime(day.time_since_epoch()), "%Y-%m-%d");
    out.next_try = instant_of(LocalTime(day) + out.report->at, zone);
    const bool is_stale =
        out.next_try <= wall_of(mark.since) || now - out.next_try >= kDeliveryGivesUp;
    // Dates compare as text. A clock set back must not send a day twice.
    if (is_stale || out.day <= mark.done) continue;
    if (mark.day == out.day) out.next_try = std::max(out.next_try, wall_of(mark.next));
    out.was_being_sent = mark.sending == out.day;
    return true;
  }
  return false;
}

}  // namespace

std::vector<Delivery> plan_deliveries(const std::vector<ReportConfig>& reports,
                                      const std::string& zone, const DeliveryMarks& marks,
                                      WallTime now) {
  std::vector<Delivery> out;
  for (const ReportConfig& report : reports)
    for (const ReportTarget& target : report.to) {
      Delivery delivery{.report = &report, .target = &target, .id = id_of(report, target)};
      if (set_day(delivery, zone, marks, now)) out.push_back(std::move(delivery));
    }
  std::ranges::stable_sort(out, {}, &Delivery::next_try);
  return out;
}

void note_new_reports(const std::vector<ReportConfig>& reports, DeliveryMarks& marks,
                      WallTime now) {
  for (const ReportConfig& report : reports)
    for (const ReportTarget& target : report.to)
      marks.try_emplace(id_of(report, target), DeliveryMark{.since = epoch_of(now)});
}

void note_attempt(const Delivery& delivery, DeliveryMarks& marks) {
  DeliveryMark& mark = marks[delivery.id];
  if (mark.day != delivery.day) mark.tries = 0;
  mark.day = mark.sending = delivery.day;
}

void note_success(const Delivery& delivery, DeliveryMarks& marks) {
  DeliveryMark& mark = marks[delivery.id];
  mark.done = delivery.day;
  mark.sending.clear();
}

void note_failure(const Delivery& delivery, DeliveryMarks& marks, WallTime now) {
  DeliveryMark& mark = marks[delivery.id];
  Duration pause = kFirstPause;
  for (int i = 0; i < static_cast<int>(mark.tries) && pause < kLongestPause; ++i) pause *= 2;
  mark.tries += 1;
  mark.next = epoch_of(now + std::min(pause, kLongestPause));
  mark.sending.clear();
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(DeliveryMark, since, done, day, sending, tries,
                                                next)

std::string encode_marks(const DeliveryMarks& marks) {
  return nlohmann::json(marks).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

DeliveryMarks decode_marks(const std::string& text) {
  try {
    return nlohmann::json::parse(text).get<DeliveryMarks>();
  } catch (const nlohmann::json::exception&) {
    return {};
  }
}

}  // namespace holdfast
