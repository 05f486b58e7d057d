// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/distribution.h"

#include <algorithm>
#include <cmath>

namespace holdfast {
namespace {

// Equal buckets for each doubling of the value: none is wider than 1/32, 3.2 %.
constexpr int kSteps = 32;
constexpr double kLeast = 1e-6;  // Seconds; buckets count from it.
constexpr double kMost = 3600;
constexpr int kBuckets = 32 * kSteps;  // 2^32 µs is more than an hour.
constexpr char kVersion = 1;

std::uint16_t bucket_of(double seconds) {
  int exponent = 0;
  // fraction lies in [0.5, 1).
  const double fraction = std::frexp(std::clamp(seconds, kLeast, kMost) / kLeast, &exponent);
  const int step = std::clamp(static_cast<int>((fraction * 2 - 1) * kSteps), 0, kSteps - 1);
  return static_cast<std::uint16_t>(std::clamp((exponent - 1) * kSteps + step, 0, kBuckets - 1));
}

// The middle of a bucket: off by at most half its width.
double middle_of(std::uint16_t bucket) {
  const double low = 1 + static_cast<double>(bucket % kSteps) / kSteps;
  return std::min(std::ldexp(kLeast * (low + 0.5 / kSteps), bucket / kSteps), kMost);
}

void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

std::optional<std::uint64_t> take_number(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

void Distribution::observe(double seconds) {
  if (!(seconds >= 0)) return;  // NaN too.
  ++buckets_[bucket_of(seconds)];
  ++count_;
}

void Distribution::merge(const Distribution& other) {
  for (const auto& [bucket, count] : other.buckets_) buckets_[bucket] += count;
  count_ += other.count_;
}

std::optional<double> Distribution::quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t below = 0;
  for (const auto& [bucket, count] : buckets_) {
    below += count;
    if (below >= rank) return middle_of(bucket);
  }
  return middle_of(buckets_.rbegin()->first);
}

std::string Distribution::encode() const {
  std::string out(1, kVersion);
  std::uint64_t last = 0;
  for (const auto& [bucket, count] : buckets_) {
    put_number(out, bucket - last);
    put_number(out, count);
    last = bucket;
  }
  return out;
}

std::optional<Distribution> Distribution::decode(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kVersion) return std::nullopt;
  bytes.remove_prefix(1);
  Distribution out;
  std::uint64_t bucket = 0;
  while (!bytes.empty()) {
    const auto step = take_number(bytes);
    const auto count = take_number(bytes);
    if (!step || !count || *count == 0) return std::nullopt;
    if (*step >= kBuckets || bucket + *step >= kBuckets) return std::nullopt;
    if (*step == 0 && !out.buckets_.empty()) return std::nullopt;
    if (out.count_ + *count < out.count_) return std::nullopt;
    bucket += *step;
    out.buckets_[static_cast<std::uint16_t>(bucket)] = *count;
    out.count_ += *count;
  }
  return out;
}

}  // namespace holdfast
