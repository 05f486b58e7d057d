// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/high_water_mark.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace holdfast::whatsapp {
namespace {

constexpr double kHour = 3600;
constexpr double kHoursKept = 24;
constexpr std::size_t kMaxNumbers = 80;  // Of a text; 24 marks of two numbers, and a gone count.

void write(std::string& out, double number) {
  std::array<char, 32> text;  // NOLINT(*-member-init): written by to_chars.
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  if (!out.empty()) out += ' ';
  out.append(text.data(), end);
}

std::optional<std::vector<double>> read(std::string_view text) {
  std::vector<double> numbers;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    double value = 0;
    const auto [stopped, error] = std::from_chars(text.data(), text.data() + end, value);
    if (error != std::errc{} || stopped != text.data() + end || !std::isfinite(value) ||
        numbers.size() == kMaxNumbers)
      return std::nullopt;
    numbers.push_back(value);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return numbers;
}

}  // namespace

KeyCount& KeyCount::operator+=(const KeyCount& other) {
  live += other.live;
  expired += other.expired;
  for (std::size_t i = 0; i < due.size(); ++i) due[i] += other.due[i];
  return *this;
}

void HighWaterMark::observe(const KeyCount& count, double at) {
  const double loss = count_.live - count.live;
  if (loss > 0) {
    const auto horizon = std::ranges::lower_bound(kHorizons, at - at_) - kHorizons.begin();
    const double due = count_.due[static_cast<std::size_t>(horizon)];
    gone_ += std::min(loss, std::max(due, count.expired - count_.expired));
  }
  count_ = count;
  at_ = at;
  looks_ = std::min(looks_ + 1, 2);
  const double height = count.live + gone_;
  const double hour = std::floor(at / kHour);
  while (!marks_.empty() && marks_.back().height <= height) marks_.pop_back();
  if (marks_.empty() || marks_.back().hour < hour) marks_.push_back({hour, height});
}

void HighWaterMark::forget(double at) {
  const double oldest = std::floor(at / kHour) - kHoursKept;
  const auto kept = std::ranges::find_if(marks_, [&](const Mark& m) { return m.hour >= oldest; });
  marks_.erase(marks_.begin(), kept);
  if (marks_.empty()) marks_.push_back({std::floor(at / kHour), count_.live + gone_});
}

double HighWaterMark::high() const {
  return marks_.empty() ? count_.live : std::max(count_.live, marks_.front().height - gone_);
}

std::string HighWaterMark::render_count() const {
  std::string out;
  for (const double number : {at_, count_.live, count_.expired}) write(out, number);
  for (const double number : count_.due) write(out, number);
  return out;
}

std::string HighWaterMark::render_marks() const {
  std::string out;
  write(out, gone_);
  for (const Mark& mark : marks_) {
    write(out, mark.hour);
    write(out, mark.height);
  }
  return out;
}

std::optional<HighWaterMark> HighWaterMark::parse(std::string_view count, std::string_view marks) {
  const auto counted = read(count);
  const auto marked = read(marks);
  if (!counted || counted->size() != 3 + Due{}.size() || !marked) return std::nullopt;
  HighWaterMark mark;
  mark.at_ = (*counted)[0];
  mark.count_.live = (*counted)[1];
  mark.count_.expired = (*counted)[2];
  std::copy(counted->begin() + 3, counted->end(), mark.count_.due.begin());
  if (marked->size() < 3) return mark;  // Accepted: it starts from the next count.
  if (marked->size() % 2 == 0) return std::nullopt;
  mark.looks_ = 1;
  mark.gone_ = marked->front();
  for (std::size_t i = 1; i + 1 < marked->size(); i += 2)
    mark.marks_.push_back({(*marked)[i], (*marked)[i + 1]});
  return mark;
}

}  // namespace holdfast::whatsapp
