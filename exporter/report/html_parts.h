// SPDX-License-Identifier: Apache-2.0
// What the status page and the HTML report share: escaping, status words that need no colour, and
// the style of both. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "checks/base/result.h"
#include "checks/support/text/escape.h"

namespace holdfast {

/// A status as a word with a sign of its own: told apart without colours, and read aloud well.
[[nodiscard]] std::string status_badge(Status tone, std::string_view word);
/// One `<li>` a sentence in a list, or the paragraph `none`.
template <class Sentences>
[[nodiscard]] std::string html_list(const Sentences& sentences, std::string_view none);
/// Colours by the reader's own choice of light and dark, print, and all shapes of the pictures.
[[nodiscard]] std::string_view page_style();

template <class Sentences>
std::string html_list(const Sentences& sentences, std::string_view none) {
  std::string items;
  for (const auto& text : sentences) items += "<li>" + escape_html(text) + "</li>\n";
  if (items.empty()) return "<p class=\"note\">" + escape_html(none) + "</p>\n";
  return "<ul>\n" + items + "</ul>\n";
}

}  // namespace holdfast
