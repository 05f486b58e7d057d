// SPDX-License-Identifier: Apache-2.0
// Which format and encoding a scraper asked for (RFC 9110, 12.5).
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

#include "exporter/metrics/exposition.h"

namespace holdfast {
namespace {

// No client sends a longer Accept header; the rest is ignored.
constexpr std::size_t kMaxHeader = 4096;

// One element of a list: "application/openmetrics-text;version=1.0.0;q=0.5".
struct Choice {
  std::string name;
  std::vector<std::string> parameters;
  double quality = 1;
};

std::string trimmed_lower(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  std::string out(text);
  std::ranges::transform(out, out.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const auto at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::vector<Choice> parse_choices(std::string_view header) {
  std::vector<Choice> out;
  for (const std::string_view element : split(header.substr(0, kMaxHeader), ',')) {
    Choice choice;
    for (const std::string_view piece : split(element, ';')) {
      std::string part = trimmed_lower(piece);
      if (choice.name.empty()) {
        choice.name = std::move(part);
      } else if (part.starts_with("q=")) {
        choice.quality = std::clamp(std::strtod(part.c_str() + 2, nullptr), 0.0, 1.0);
      } else {
        choice.parameters.push_back(std::move(part));
      }
    }
    if (!choice.name.empty()) out.push_back(std::move(choice));
  }
  return out;
}

// Whether we can serve that version: ours is 1.0.0, and 0.0.1 says the same in our pages.
bool has_known_version(const Choice& choice) {
  const auto version = std::ranges::find_if(
      choice.parameters, [](const std::string& p) { return p.starts_with("version="); });
  return version == choice.parameters.end() || *version == "version=1.0.0" ||
         *version == "version=0.0.1";
}

}  // namespace

PageFormat negotiate_format(std::string_view accept) {
  double openmetrics = 0;
  double text = 0;
  for (const Choice& choice : parse_choices(accept)) {
    if (choice.name == "application/openmetrics-text" && has_known_version(choice)) {
      openmetrics = std::max(openmetrics, choice.quality);
    } else if (choice.name == "text/plain" || choice.name == "text/*" || choice.name == "*/*") {
      text = std::max(text, choice.quality);
    }
  }
  return openmetrics > 0 && openmetrics >= text ? PageFormat::openmetrics : PageFormat::text;
}

bool accepts_gzip(std::string_view accept_encoding) {
  double any = 0;
  for (const Choice& choice : parse_choices(accept_encoding)) {
    if (choice.name == "gzip" || choice.name == "x-gzip") return choice.quality > 0;
    if (choice.name == "*") any = choice.quality;
  }
  return any > 0;
}

std::string_view content_type(PageFormat format) {
  return format == PageFormat::openmetrics
             ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
             : "text/plain; version=0.0.4; charset=utf-8";
}

}  // namespace holdfast
