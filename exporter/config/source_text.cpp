// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/source_text.h"

#include <algorithm>

#include "exporter/text.h"

namespace holdfast {
namespace {

// One editor setting puts a tab into every line; nobody needs all of them told.
constexpr std::size_t kMaxTabFaults = 100;

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

std::vector<ConfigFault> inspect(const std::string& text, const std::string& file) {
  if (text.size() > kMaxConfigBytes)
    return {ConfigFault{file, 0, 0, "", "the file is larger than 1 MiB"}};
  std::vector<ConfigFault> faults;
  int number = 0;
  const SourceText source(text);
  for (const std::string_view line : source.lines()) {
    ++number;
    if (line.find('\0') != std::string_view::npos)
      return {ConfigFault{file, number, 0, "", "the file holds a NUL byte: it is no UTF-8 text"}};
    if (!is_utf8(line))
      return {ConfigFault{file, number, 0, "", "this line is not UTF-8; save the file as UTF-8"}};
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t tab = line.find('\t');
    const bool is_indented = tab < begin && begin != std::string_view::npos && line[begin] != '#';
    if (is_indented && faults.size() < kMaxTabFaults)
      faults.push_back(
          {file, number, static_cast<int>(tab) + 1, "", "indent with spaces, not with tabs"});
  }
  return faults;
}

}  // namespace holdfast
