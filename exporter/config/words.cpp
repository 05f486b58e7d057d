// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/words.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "checks/support/text/columns.h"

namespace holdfast {
namespace {

// Longer words are no typing errors, and the distance costs the product of the lengths.
constexpr std::size_t kMaxWord = 64;
// A longer list is no help at the end of a sentence.
constexpr std::size_t kMaxListed = 12;

// Damerau-Levenshtein distance: two swapped letters ("latnecy") are one edit, not two.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

std::string nearest_word(std::string_view word, std::span<const std::string> known) {
  if (word.empty() || word.size() > kMaxWord) return {};
  std::string best;
  std::size_t least = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  for (const std::string& candidate : known) {
    if (candidate.size() > kMaxWord) continue;
    // An abbreviation counts as one edit: warn, warning.
    const bool is_short_form = word.size() >= 3 && candidate.starts_with(word);
    const std::size_t far = is_short_form ? 1 : distance(word, candidate);
    if (far < least) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

std::string suggest(std::string_view word, std::span<const std::string> known) {
  const std::string near = nearest_word(word, known);
  if (!near.empty()) return "; did you mean " + near + "?";
  if (known.empty() || known.size() > kMaxListed) return {};
  return "; expected " + join_words(known, " or ");
}

bool is_known(std::string_view name, std::span<const std::string> known) {
  return std::ranges::any_of(known, [&](const auto& one) { return one.empty() || one == name; });
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxWord && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

}  // namespace holdfast
