// SPDX-License-Identifier: Apache-2.0
#include "checks/pm2/restarts.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

namespace holdfast::pm2 {
namespace {

constexpr double kHour = 3600;
constexpr std::int64_t kMinutes = 60;
constexpr double kLargestCounter = 9e15;  // Above it a double is not exact.

std::int64_t minute_of(double now) { return static_cast<std::int64_t>(std::floor(now / 60)); }

std::string number(double value) { return std::to_string(static_cast<std::int64_t>(value)); }

}  // namespace

// "counter since minute:restarts minute:restarts …", whole numbers.
std::optional<RestartHistory> RestartHistory::parse(std::string_view text) {
  std::vector<std::int64_t> numbers;
  while (!text.empty()) {
    std::int64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || numbers.size() > 200) return std::nullopt;
    numbers.push_back(value);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty()) text.remove_prefix(1);
  }
  if (numbers.size() < 2 || numbers.size() % 2 != 0) return std::nullopt;
  RestartHistory history(static_cast<double>(numbers[0]), static_cast<double>(numbers[1]));
  for (std::size_t i = 2; i < numbers.size(); i += 2)
    history.by_minute_[numbers[i]] = static_cast<double>(numbers[i + 1]);
  return history;
}

std::string RestartHistory::render() const {
  std::string out = number(counter_) + " " + number(since_);
  for (const auto& [minute, restarts] : by_minute_)
    out += " " + std::to_string(minute) + ":" + number(restarts);
  return out;
}

double RestartHistory::add(double counter, double now) {
  counter = std::min(counter, kLargestCounter);
  double restarts = counter - counter_;
  if (restarts < 0) {
    // The counter was reset to zero: its value is the restarts since then, and earlier ones are
    // dropped.
    by_minute_.clear();
    since_ = now;
    restarts = counter;
  }
  counter_ = counter;
  const std::int64_t minute = minute_of(now);
  // Minutes in the future are dropped too: the clock may have been set back.
  std::erase_if(by_minute_, [&](const auto& entry) {
    return entry.first <= minute - kMinutes || entry.first > minute;
  });
  if (restarts > 0) by_minute_[minute] += restarts;
  return restarts;
}

double RestartHistory::in_last_hour() const {
  double sum = 0;
  for (const auto& entry : by_minute_) sum += entry.second;
  return sum;
}

double RestartHistory::observed(double now) const { return std::clamp(now - since_, 0.0, kHour); }

}  // namespace holdfast::pm2
