// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/delivery_schedule.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "checks/base/local_time.h"

namespace holdfast {
namespace {

using std::chrono::days;
using LocalDay = std::chrono::local_days;

WallTime::duration as_wall(Duration d) { return std::chrono::duration_cast<WallTime::duration>(d); }

double epoch_of(WallTime at) { return seconds(at.time_since_epoch()); }
WallTime wall_of(double at) { return WallTime{} + as_wall(from_seconds(at)); }

/// From what is sent and where to, not from its index: a list may be reordered.
std::string id_of(const ReportConfig& report, const ReportTarget& target) {
  return (report.window.empty() ? "day" : report.window) + " " + std::to_string(report.at.count()) +
         " " + target.format + " " + target.place;
}

std::string name_of_day(LocalDay day) {
  const std::chrono::year_month_day date(day);
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out.data();
}

/// The first delivery that is not done and not too old: of yesterday, today or a coming day.
std::optional<Delivery> plan_one(const ReportConfig& report, const std::string& id,
                                 const std::string& zone, const DeliveryMarks& marks,
                                 WallTime now) {
  const auto known = marks.find(id);
  const DeliveryMark mark =
      known == marks.end() ? DeliveryMark{.since = epoch_of(now)} : known->second;
  const LocalDay today = std::chrono::floor<days>(local_time_at(now, zone));
  Delivery out;
  out.id = id;
  for (const int offset : {-1, 0, 1, 2}) {
    const LocalDay day = today + days(offset);
    out.day = name_of_day(day);
    out.due = instant_of(LocalTime(day) + report.at, zone);
    const bool is_stale = out.due <= wall_of(mark.since) || now - out.due >= kDeliveryGivesUp;
    // Dates compare as text. A clock set back must not send a day twice.
    if (is_stale || out.day <= mark.done) continue;
    out.next_try = out.due;
    if (mark.day == out.day) out.next_try = std::max(out.due, wall_of(mark.next));
    out.was_being_sent = mark.sending == out.day;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Delivery> plan_deliveries(const std::vector<ReportConfig>& reports,
                                      const std::string& zone, const DeliveryMarks& marks,
                                      WallTime now) {
  std::vector<Delivery> out;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (std::size_t j = 0; j < reports[i].to.size(); ++j) {
      const std::string id = id_of(reports[i], reports[i].to[j]);
      auto delivery = plan_one(reports[i], id, zone, marks, now);
      if (!delivery) continue;
      delivery->report = i;
      delivery->target = j;
      out.push_back(std::move(*delivery));
    }
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
  mark.next = epoch_of(now + as_wall(std::min(pause, kLongestPause)));
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
