// SPDX-License-Identifier: Apache-2.0
// A config before it is parsed as YAML: its lines, and the errors found without parsing. A
// SourceText refers to the text it was made of.
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

/// The errors found before parsing: size, NUL bytes, invalid UTF-8, tabs as indentation.
[[nodiscard]] std::vector<ConfigError> inspect(const std::string& text, const std::string& file);

}  // namespace holdfast
