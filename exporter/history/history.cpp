// SPDX-License-Identifier: Apache-2.0
#include "exporter/history/history.h"

#include <charconv>

#include "exporter/history/sqlite.h"

namespace holdfast {

WallTime parse_moment_note(const std::string& text) {
  std::int64_t at = 0;
  (void)std::from_chars(text.data(), text.data() + text.size(), at);
  return from_file_time(at);
}

std::unique_ptr<History> make_ram_history() { return make_history({}); }
std::unique_ptr<History> open_history(const std::string& path) {
  HistoryOptions options;
  options.path = path;
  return make_history(options);
}

WallTime window_start(History& history, const std::string& window, WallTime now) {
  const std::string key = "window_start/" + window;
  if (const auto known = history.note(key)) return parse_moment_note(*known);
  history.keep_note(key, std::to_string(to_file_time(now)));
  return from_file_time(to_file_time(now));
}

}  // namespace holdfast
