// SPDX-License-Identifier: Apache-2.0
#include "exporter/window/span_set.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/window/by_hand.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

// Pairs of seconds after the start.
SpanSet set_of(const std::vector<std::pair<int, int>>& pairs) {
  std::vector<Span> spans;
  for (const auto& [from, until] : pairs)
    spans.push_back({kStart + from * 1s, kStart + until * 1s});
  return SpanSet(std::move(spans));
}

std::vector<std::pair<int, int>> pairs_of(const SpanSet& set) {
  std::vector<std::pair<int, int>> out;
  for (const Span& span : set.spans())
    out.emplace_back((span.begin - kStart) / 1s, (span.end - kStart) / 1s);
  return out;
}

using Pairs = std::vector<std::pair<int, int>>;

}  // namespace

TEST_CASE("a set of spans is in order and disjoint, whatever it is made of") {
  CHECK(pairs_of(set_of({})).empty());
  CHECK(pairs_of(set_of({{5, 9}, {1, 3}})) == Pairs{{1, 3}, {5, 9}});
  CHECK(pairs_of(set_of({{1, 3}, {3, 4}})) == Pairs{{1, 4}});
  CHECK(pairs_of(set_of({{1, 3}, {4, 5}})) == Pairs{{1, 3}, {4, 5}});
  CHECK(pairs_of(set_of({{1, 9}, {2, 3}, {4, 12}})) == Pairs{{1, 12}});
  CHECK(pairs_of(set_of({{7, 7}, {6, 2}, {1, 3}})) == Pairs{{1, 3}});
  CHECK(set_of({{7, 7}}).empty());
  CHECK(set_of({{1, 4}, {5, 9}}).length() == 7s);
}

TEST_CASE("a moment is in the span that begins with it, not in the one that ends with it") {
  const SpanSet set = set_of({{1, 4}, {5, 9}});
  const auto span_at = [&](int second) {
    const auto found = set.at(kStart + second * 1s);
    return found ? pairs_of(SpanSet(*found)) : Pairs{};
  };
  CHECK(span_at(0).empty());
  CHECK(span_at(1) == Pairs{{1, 4}});
  CHECK(span_at(3) == Pairs{{1, 4}});
  CHECK(span_at(4).empty());
  CHECK(span_at(5) == Pairs{{5, 9}});
  CHECK(span_at(9).empty());
  CHECK(!SpanSet().at(kStart));
}

TEST_CASE("the part of a set within a span is cut at both ends") {
  const SpanSet set = set_of({{1, 4}, {5, 9}});
  const auto within = [&](int from, int until) {
    return pairs_of(set.within(span_of(from * 1s, until * 1s)));
  };
  CHECK(within(0, 10) == Pairs{{1, 4}, {5, 9}});
  CHECK(within(2, 7) == Pairs{{2, 4}, {5, 7}});
  CHECK(within(4, 5).empty());
  CHECK(within(0, 1).empty());
  CHECK(within(9, 12).empty());
  CHECK(within(6, 8) == Pairs{{6, 8}});
}

TEST_CASE("a limit is exceeded when the total length has reached it and goes on") {
  const SpanSet set = set_of({{1, 4}, {5, 9}});
  CHECK(set.exceeds(0s) == kStart + 1s);
  CHECK(set.exceeds(2s) == kStart + 3s);
  CHECK(set.exceeds(3s) == kStart + 5s);
  CHECK(set.exceeds(4s) == kStart + 6s);
  CHECK(set.exceeds(7s) == std::nullopt);
  CHECK(SpanSet().exceeds(0s) == std::nullopt);
}

TEST_CASE("union, intersection and difference of sets") {
  struct Row {
    Pairs a, b, either, both, difference;
  };
  const std::vector<Row> rows{
      {{}, {}, {}, {}, {}},
      {{{1, 4}}, {}, {{1, 4}}, {}, {{1, 4}}},
      {{{1, 4}}, {{4, 6}}, {{1, 6}}, {}, {{1, 4}}},
      {{{4, 6}}, {{1, 4}}, {{1, 6}}, {}, {{4, 6}}},
      {{{1, 4}}, {{1, 4}}, {{1, 4}}, {{1, 4}}, {}},
      {{{1, 9}}, {{1, 3}, {7, 9}}, {{1, 9}}, {{1, 3}, {7, 9}}, {{3, 7}}},
      {{{1, 3}, {5, 9}}, {{2, 6}}, {{1, 9}}, {{2, 3}, {5, 6}}, {{1, 2}, {6, 9}}},
      {{{2, 6}, {7, 8}}, {{1, 3}, {5, 9}}, {{1, 9}}, {{2, 3}, {5, 6}, {7, 8}}, {{3, 5}}},
      {{{1, 2}, {8, 9}}, {{3, 4}, {5, 6}}, {{1, 2}, {3, 4}, {5, 6}, {8, 9}}, {}, {{1, 2}, {8, 9}}},
  };
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(i);
    const Row& row = rows[i];
    CHECK(pairs_of(set_of(row.a) | set_of(row.b)) == row.either);
    CHECK(pairs_of(set_of(row.b) | set_of(row.a)) == row.either);
    CHECK(pairs_of(set_of(row.a) & set_of(row.b)) == row.both);
    CHECK(pairs_of(set_of(row.b) & set_of(row.a)) == row.both);
    CHECK(pairs_of(set_of(row.a) - set_of(row.b)) == row.difference);
  }
}
