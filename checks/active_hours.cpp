// SPDX-License-Identifier: Apache-2.0
#include "checks/active_hours.h"

#include <algorithm>
#include <optional>

#include "checks/base/local_time.h"

namespace holdfast {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Instant = std::chrono::system_clock::time_point;

constexpr minutes kDay = hours(24);
constexpr auto kLongest = days(366);  // Each day is a step of a loop.
constexpr std::array<std::string_view, 7> kDayNames{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "08:00"; "24:00" is the end of the day.
std::optional<minutes> parse_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  for (const std::size_t i : {0U, 1U, 3U, 4U})
    if (!is_digit(text[i])) return std::nullopt;
  const minutes time = hours((text[0] - '0') * 10 + (text[1] - '0')) +
                       minutes((text[3] - '0') * 10 + (text[4] - '0'));
  return text[3] > '5' || time > kDay ? std::nullopt : std::optional(time);
}

bool parse_hours(std::string_view text, ActiveHours& out) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return false;
  const auto begin = parse_time(text.substr(0, dash));
  const auto end = parse_time(text.substr(dash + 1));
  if (!begin || !end || *begin == *end || *begin == kDay) return false;
  out.begin = *begin;
  out.end = *end < *begin ? *end + kDay : *end;
  return true;
}

std::optional<std::size_t> day_named(std::string_view name) {
  const auto* found = std::ranges::find(kDayNames, name);
  if (found == kDayNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDayNames.begin());
}

/// "mon-sat", "mon,wed,fri", "fri-mon".
bool parse_days(std::string_view text, ActiveHours& out) {
  out.days.fill(false);
  while (true) {
    const std::string_view part = text.substr(0, text.find(','));
    const std::size_t dash = part.find('-');
    const auto first = day_named(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : day_named(part.substr(dash + 1));
    if (!first || !last) return false;
    for (std::size_t day = *first;; day = (day + 1) % 7) {
      out.days.at(day) = true;
      if (day == *last) break;
    }
    if (part.size() == text.size()) return true;
    text.remove_prefix(part.size() + 1);
  }
}

}  // namespace

bool ActiveHours::is_always() const {
  return begin == minutes(0) && end == kDay && std::ranges::find(days, false) == days.end();
}

bool ActiveHours::covers(Instant at) const {
  // Whole seconds, as shown by a clock.
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  return between(second, second + std::chrono::seconds(1)).count() > 0;
}

Duration ActiveHours::between(Instant from, Instant to) const {
  if (to <= from) return {};
  from = std::max<Instant>(from, to - kLongest);
  if (is_always()) return to - from;
  Duration sum{};
  const auto last = std::chrono::floor<std::chrono::days>(local_time_at(to, timezone));
  // Hours that extend past midnight may have begun on the day before.
  auto day =
      std::chrono::floor<std::chrono::days>(local_time_at(from, timezone)) - std::chrono::days(1);
  for (; day <= last; day += std::chrono::days(1)) {
    if (!days.at(std::chrono::weekday(day).c_encoding())) continue;
    const Instant opens = std::max<Instant>(from, instant_of(day + begin, timezone));
    const Instant closes = std::min<Instant>(to, instant_of(day + end, timezone));
    if (opens < closes) sum += closes - opens;
  }
  return sum;
}

ActiveHours parse_active(const std::map<std::string, std::string>& option, const std::string& name,
                         const std::string& timezone, std::vector<OptionError>& errors) {
  ActiveHours out;
  out.timezone = timezone;
  if (const auto text = option.find("hours"); text != option.end())
    if (!parse_hours(text->second, out))
      errors.push_back({name + ".hours", "is not two times of a day such as 08:00-22:00"});
  if (const auto text = option.find("days"); text != option.end())
    if (!parse_days(text->second, out))
      errors.push_back({name + ".days", "is not days of the week such as mon-sat or mon,wed,fri"});
  return out;
}

}  // namespace holdfast
