// SPDX-License-Identifier: Apache-2.0
#include "exporter/report/delivery_schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

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
                                 const std::string& zone, const Memory& state, WallTime now) {
  const WallTime since = wall_of(state.number(id + " since").value_or(epoch_of(now)));
  const std::string done = state.text(id + " done").value_or("");
  const LocalDay today = std::chrono::floor<days>(local_time_at(now, zone));
  Delivery out;
  out.id = id;
  for (const int offset : {-1, 0, 1, 2}) {
    const LocalDay day = today + days(offset);
    out.day = name_of_day(day);
    out.due = instant_of(LocalTime(day) + report.at, zone);
    const bool is_stale = out.due <= since || now - out.due >= kDeliveryGivesUp;
    // Dates compare as text. A clock set back must not send a day twice.
    if (is_stale || out.day <= done) continue;
    out.next_try = out.due;
    if (state.text(id + " day") == out.day)
      out.next_try = std::max(out.due, wall_of(state.number(id + " next").value_or(0)));
    out.was_being_sent = state.text(id + " sending") == out.day;
    return out;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Delivery> plan_deliveries(const std::vector<ReportConfig>& reports,
                                      const std::string& zone, const Memory& state, WallTime now) {
  std::vector<Delivery> out;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    for (std::size_t j = 0; j < reports[i].to.size(); ++j) {
      const std::string id = id_of(reports[i], reports[i].to[j]);
      auto delivery = plan_one(reports[i], id, zone, state, now);
      if (!delivery) continue;
      delivery->report = i;
      delivery->target = j;
      out.push_back(std::move(*delivery));
    }
  }
  std::ranges::stable_sort(out, {}, &Delivery::next_try);
  return out;
}

void note_new_reports(const std::vector<ReportConfig>& reports, Memory& state, WallTime now) {
  for (const ReportConfig& report : reports)
    for (const ReportTarget& target : report.to) {
      const std::string id = id_of(report, target);
      if (!state.number(id + " since")) state.set(id + " since", epoch_of(now));
    }
}

void note_attempt(const Delivery& delivery, Memory& state) {
  if (state.text(delivery.id + " day") != delivery.day) {
    state.set(delivery.id + " day", delivery.day);
    state.set(delivery.id + " tries", 0.0);
  }
  state.set(delivery.id + " sending", delivery.day);
}

void note_success(const Delivery& delivery, Memory& state) {
  state.set(delivery.id + " done", delivery.day);
  state.erase(delivery.id + " sending");
}

void note_failure(const Delivery& delivery, Memory& state, WallTime now) {
  const double tries = state.number(delivery.id + " tries").value_or(0);
  Duration pause = kFirstPause;
  for (int i = 0; i < static_cast<int>(tries) && pause < kLongestPause; ++i) pause *= 2;
  state.set(delivery.id + " tries", tries + 1);
  state.set(delivery.id + " next", epoch_of(now + as_wall(std::min(pause, kLongestPause))));
  state.erase(delivery.id + " sending");
}

std::string encode_marks(const Memory& state) {
  std::string out;
  for (const auto& [key, value] : state.entries()) {
    if (const auto* text = std::get_if<std::string>(&value)) {
      out += key + "\tt" + *text + "\n";
      continue;
    }
    std::array<char, 40> number{};
    std::snprintf(number.data(), number.size(), "%.3f", std::get<double>(value));
    out += key + "\tn" + number.data() + "\n";
  }
  return out;
}

Memory decode_marks(std::string_view text) {
  Memory out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos || tab + 1 >= line.size()) continue;
    std::string key(line.substr(0, tab));
    const std::string_view value = line.substr(tab + 2);
    if (line[tab + 1] == 't') {
      out.set(std::move(key), std::string(value));
      continue;
    }
    double number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault == std::errc{} && end == value.data() + value.size()) out.set(std::move(key), number);
  }
  return out;
}

}  // namespace holdfast
