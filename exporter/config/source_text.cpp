// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/source_text.h"

#include <algorithm>

#include "checks/support/text/utf8.h"

namespace holdfast {
namespace {

// One editor setting puts a tab into every line; a few errors are enough.
constexpr std::size_t kMaxTabErrors = 100;

}  // namespace

SourceText::SourceText(std::string_view text) {
  for (;;) {
    const std::size_t end = text.find('\n');
    lines_.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
}

int SourceText::column(int line, int byte_column) const {
  if (line < 1 || static_cast<std::size_t>(line) > lines_.size()) return byte_column;
  const std::string_view before = lines_[static_cast<std::size_t>(line) - 1].substr(
      0, static_cast<std::size_t>(std::max(0, byte_column - 1)));
  const auto characters = std::ranges::count_if(
      before, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
  return byte_column - static_cast<int>(before.size()) + static_cast<int>(characters);
}

void SourceText::place(YamlNode& node) const {
  node.column = column(node.line, node.column);
  for (YamlNode& item : node.items) place(item);
  for (YamlEntry& entry : node.entries) {
    entry.column = column(entry.line, entry.column);
    place(entry.value);
  }
}

std::vector<ConfigError> inspect(const std::string& text, const std::string& file) {
  if (text.size() > kMaxConfigBytes)
    return {ConfigError{file, 0, 0, "", "the file is larger than 1 MiB"}};
  std::vector<ConfigError> errors;
  int number = 0;
  const SourceText source(text);
  for (const std::string_view line : source.lines()) {
    ++number;
    if (line.find('\0') != std::string_view::npos)
      return {
          ConfigError{file, number, 0, "", "the file contains a NUL byte and is not UTF-8 text"}};
    if (!is_utf8(line))
      return {ConfigError{file, number, 0, "", "invalid UTF-8; save the file as UTF-8"}};
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t tab = line.find('\t');
    const bool is_indented = tab < begin && begin != std::string_view::npos && line[begin] != '#';
    if (is_indented && errors.size() < kMaxTabErrors)
      errors.push_back(
          {file, number, static_cast<int>(tab) + 1, "", "tab in indentation; use spaces"});
  }
  return errors;
}

}  // namespace holdfast
