// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/high_water_mark.h"

#include <algorithm>
#include <cmath>

namespace holdfast::whatsapp {
namespace {

constexpr double kHour = 3600;
constexpr double kHoursKept = 24;

}  // namespace

KeyCount& KeyCount::operator+=(const KeyCount& other) {
  live += other.live;
  expired += other.expired;
  for (std::size_t i = 0; i < due.size(); ++i) due[i] += other.due[i];
  return *this;
}

void HighWaterMark::observe(const KeyCount& count, double at) {
  const KeyCount& before = last_.keys;
  const double loss = before.live - count.live;
  if (loss > 0) {
    const auto horizon = std::ranges::lower_bound(kHorizons, at - last_.at) - kHorizons.begin();
    const double due = before.due[static_cast<std::size_t>(horizon)];
    baseline_.gone += std::min(loss, std::max(due, count.expired - before.expired));
  }
  last_ = {count, at};
  counts_ = std::min(counts_ + 1, 2);
  const double height = count.live + baseline_.gone;
  const double hour = std::floor(at / kHour);
  auto& marks = baseline_.marks;
  while (!marks.empty() && marks.back().height <= height) marks.pop_back();
  if (marks.empty() || marks.back().hour < hour) marks.push_back({hour, height});
}

void HighWaterMark::forget(double at) {
  auto& marks = baseline_.marks;
  const double oldest = std::floor(at / kHour) - kHoursKept;
  const auto kept = std::ranges::find_if(marks, [&](const auto& m) { return m.hour >= oldest; });
  marks.erase(marks.begin(), kept);
  if (marks.empty()) marks.push_back({std::floor(at / kHour), count().live + baseline_.gone});
}

double HighWaterMark::high() const {
  const auto& marks = baseline_.marks;
  return marks.empty() ? count().live
                       : std::max(count().live, marks.front().height - baseline_.gone);
}

}  // namespace holdfast::whatsapp
