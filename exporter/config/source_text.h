// SPDX-License-Identifier: Apache-2.0
// A config as text, before it is YAML: its lines, and what can be said of it without parsing. Plain
// values; a SourceText looks into the text it was made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/yaml.h"

namespace holdfast {

/// The lines of a text, to count columns in characters where yaml-cpp counts bytes.
class SourceText {
 public:
  explicit SourceText(std::string_view text);
  [[nodiscard]] const std::vector<std::string_view>& lines() const { return lines_; }
  /// The column in characters; both columns and the line count from 1.
  [[nodiscard]] int column(int line, int byte_column) const;
  /// Turns the columns of a whole tree from bytes into characters.
  void place(YamlNode& node) const;

 private:
  std::vector<std::string_view> lines_;
};

/// What is wrong with a text before any parsing: size, NUL bytes, UTF-8, tabs as indentation.
[[nodiscard]] std::vector<ConfigFault> inspect(const std::string& text, const std::string& file);

}  // namespace holdfast
