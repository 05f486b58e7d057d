// SPDX-License-Identifier: Apache-2.0
// A set of moments: disjoint spans in ascending order. What overlaps is counted once, which is why
// windows reckon with sets and never with sums of spans. A value; any thread.
#pragma once

#include <optional>
#include <vector>

#include "exporter/history/evidence.h"

namespace holdfast {

class SpanSet {
 public:
  SpanSet() = default;
  /// Spans in any order, overlapping or not; empty ones are nothing.
  explicit SpanSet(std::vector<Span> spans);
  explicit SpanSet(Span span) : SpanSet(std::vector<Span>{span}) {}

  [[nodiscard]] const std::vector<Span>& spans() const { return spans_; }
  [[nodiscard]] bool empty() const { return spans_.empty(); }
  /// How long all of it is.
  [[nodiscard]] Duration length() const;
  /// The span that holds this moment; empty when none does.
  [[nodiscard]] std::optional<Span> at(WallTime moment) const;
  /// The part within `span`; fast for a short span of a large set.
  [[nodiscard]] SpanSet within(Span span) const;
  /// The moment from which on the set holds more than `limit`; empty when it never does.
  [[nodiscard]] std::optional<WallTime> exceeds(Duration limit) const;

  /// In either, in both, in the first only.
  friend SpanSet operator|(const SpanSet& a, const SpanSet& b);
  friend SpanSet operator&(const SpanSet& a, const SpanSet& b);
  friend SpanSet operator-(const SpanSet& a, const SpanSet& b);
  bool operator==(const SpanSet&) const = default;

 private:
  std::vector<Span> spans_;
};

}  // namespace holdfast
