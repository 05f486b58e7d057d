// SPDX-License-Identifier: Apache-2.0
// A set of moments: disjoint spans in ascending order, so that overlapping time counts once. A
// value; any thread.
#pragma once

#include <optional>
#include <vector>

#include "exporter/history/evidence.h"

namespace holdfast {

class SpanSet {
 public:
  SpanSet() = default;
  /// Spans in any order, overlapping or not; empty ones are dropped.
  explicit SpanSet(std::vector<Span> spans);
  explicit SpanSet(Span span) : SpanSet(std::vector<Span>{span}) {}

  [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
  [[nodiscard]] bool empty() const { return spans_.empty(); }
  /// The total length.
  [[nodiscard]] Duration length() const;
  /// The span that contains this moment, if any.
  [[nodiscard]] std::optional<Span> at(WallTime moment) const;
  /// The part within `span`; logarithmic in the size of the set.
  [[nodiscard]] SpanSet within(Span span) const;
  /// The moment at which the total length exceeds `limit`; empty when it never does.
  [[nodiscard]] std::optional<WallTime> exceeds(Duration limit) const;

  /// Union, intersection, difference.
  friend SpanSet operator|(const SpanSet& a, const SpanSet& b);
  friend SpanSet operator&(const SpanSet& a, const SpanSet& b);
  friend SpanSet operator-(const SpanSet& a, const SpanSet& b);
  bool operator==(const SpanSet&) const = default;

 private:
  std::vector<Span> spans_;
};

}  // namespace holdfast
