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
  /// Takes in a value in seconds; NaN and negative ones are ignored, tiny and huge ones clamped to
  /// 1 µs … 1 h.
  void observe(double seconds);
  void merge(const Distribution& other);
  [[nodiscard]] std::uint64_t count() const { return count_; }
  /// The value that a share `q` of all lie at or below, 0 < q ≤ 1; empty when there are none.
  [[nodiscard]] std::optional<double> quantile(double q) const;
  /// Compact bytes for the history file, and back; empty when they are none of ours.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] static std::optional<Distribution> decode(std::string_view bytes);
  bool operator==(const Distribution&) const = default;

 private:
  std::map<std::uint16_t, std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
};

}  // namespace holdfast
