// SPDX-License-Identifier: Apache-2.0
#include "checks/options.h"

#include <algorithm>

namespace holdfast {

std::vector<std::string> split_choices(std::string_view choices) {
  std::vector<std::string> out;
  while (!choices.empty()) {
    const std::size_t bar = std::min(choices.find('|'), choices.size());
    out.emplace_back(choices.substr(0, bar));
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return out;
}

std::size_t choice_index(std::string_view choices, std::string_view word) {
  const std::vector<std::string> words = split_choices(choices);
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) throw std::logic_error("an option holds none of its choices");
  return static_cast<std::size_t>(found - words.begin());
}

}  // namespace holdfast
