// SPDX-License-Identifier: Apache-2.0
// YAML text as a plain tree with the position of every node. yaml-cpp stays in yaml.cpp, and its
// error texts are never passed on: they quote the file, which can contain secrets. Bounded: 1 MiB,
// 32 levels, 100,000 nodes; no aliases (expansion bombs need them), no tags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"

namespace holdfast {

/// 1,000 checks with every option set take a third of it.
inline constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
/// A config has at most six levels; this bounds the recursion over the tree.
inline constexpr int kMaxConfigDepth = 32;
inline constexpr std::size_t kMaxConfigNodes = 100'000;

struct YamlEntry;

/// One node. `line` and `column` count from 1, columns in characters.
struct YamlNode {
  enum class Type : std::uint8_t { null, scalar, list, map };
  Type type = Type::null;
  int line = 0;
  int column = 0;
  std::string text;            ///< Of a scalar.
  bool from_variable = false;  ///< Contains the value of a variable: never shown.
  bool has_error = false;      ///< Its error is reported already.
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  ///< In the order of the file; duplicates are errors.

  /// The value of that key, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  int line = 0;
  int column = 0;
  YamlNode value;
};

/// The tree, and the errors of the text. After a syntax error there is no tree.
struct YamlOutcome {
  std::optional<YamlNode> root;
  std::vector<ConfigError> errors;
};
[[nodiscard]] YamlOutcome parse_yaml(const std::string& text, const std::string& file);

/// "checks[2].latency": the path with one more key; keys are bounded and made printable.
[[nodiscard]] std::string path_with(const std::string& path, std::string_view key);
[[nodiscard]] std::string path_with(const std::string& path, std::size_t index);

}  // namespace holdfast
