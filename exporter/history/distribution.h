// SPDX-License-Identifier: Apache-2.0
// A latency distribution that can be merged: log-linear buckets of at most 5 % width, so that the
// 95th percentile of any span is the true one within 5 %. A value, a few hundred bytes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace holdfast {

class Distribution {
 public:
  /// Adds a value in seconds, clamped to 1 µs … 1 h; NaN and negative ones are ignored.
  void observe(double seconds);
  void merge(const Distribution& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The q-quantile, 0 < q ≤ 1; empty when there are no values.
  [[nodiscard]] std::optional<double> quantile(double q) const;
  /// Compact bytes for the history file, and back; empty when they are invalid.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static std::optional<Distribution> decode(std::string_view bytes);
  bool operator==(const Distribution&) const = default;

 private:
  std::map<std::uint16_t, std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace holdfast
