// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/span_set.h"

#include <algorithm>
#include <iterator>

namespace holdfast {

SpanSet::SpanSet(std::vector<Span> spans) {
  std::erase_if(spans, [](const Span& span) { return span.end <= span.begin; });
  std::ranges::sort(spans, {}, &Span::begin);
  for (const Span& span : spans) {
    if (!spans_.empty() && span.begin <= spans_.back().end)
      spans_.back().end = std::max(spans_.back().end, span.end);
    else
      spans_.push_back(span);
  }
}

Duration SpanSet::length() const {
  Duration sum{};
  for (const Span& span : spans_) sum += span.length();
  return sum;
}

std::optional<Span> SpanSet::at(WallTime moment) const {
  const auto after = std::ranges::upper_bound(spans_, moment, {}, &Span::begin);
  if (after == spans_.begin()) return std::nullopt;
  const Span& span = *std::prev(after);
  if (!span.contains(moment)) return std::nullopt;
  return span;
}

SpanSet SpanSet::within(Span span) const {
  SpanSet out;
  auto it = std::ranges::upper_bound(spans_, span.begin, {}, &Span::end);
  for (; it != spans_.end() && it->begin < span.end; ++it)
    out.spans_.push_back({std::max(it->begin, span.begin), std::min(it->end, span.end)});
  return out;
}

std::optional<WallTime> SpanSet::exceeds(Duration limit) const {
  for (const Span& span : spans_) {
    if (span.length() > limit) return span.begin + limit;
    limit -= span.length();
  }
  return std::nullopt;
}

SpanSet operator|(const SpanSet& a, const SpanSet& b) {
  std::vector<Span> all = a.spans_;
  all.insert(all.end(), b.spans_.begin(), b.spans_.end());
  return SpanSet(std::move(all));
}

SpanSet operator&(const SpanSet& a, const SpanSet& b) {
  SpanSet out;
  auto left = a.spans_.begin();
  auto right = b.spans_.begin();
  while (left != a.spans_.end() && right != b.spans_.end()) {
    const Span both{std::max(left->begin, right->begin), std::min(left->end, right->end)};
    if (both.begin < both.end) out.spans_.push_back(both);
    (left->end < right->end ? left : right)++;
  }
  return out;
}

SpanSet operator-(const SpanSet& a, const SpanSet& b) {
  SpanSet out;
  auto hole = b.spans_.begin();
  for (Span left : a.spans_) {
    // Skip holes before this span; one hole may overlap several spans.
    while (hole != b.spans_.end() && hole->end <= left.begin) ++hole;
    for (auto it = hole; it != b.spans_.end() && it->begin < left.end; ++it) {
      if (left.begin < it->begin) out.spans_.push_back({left.begin, it->begin});
      left.begin = std::max(left.begin, it->end);
    }
    if (left.begin < left.end) out.spans_.push_back(left);
  }
  return out;
}

}  // namespace holdfast
