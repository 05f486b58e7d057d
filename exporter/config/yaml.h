// SPDX-License-Identifier: Apache-2.0
// YAML text as a plain tree with the place of every node. yaml-cpp stays in yaml.cpp, and none of
// its texts comes out: they quote the file, and a file can hold secrets (law 4). Plain values.
// Bounded: 1 MiB, 32 levels, 100,000 nodes; no aliases (an expansion bomb needs them), no tags.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/config.h"

namespace holdfast {

/// 1,000 checks with every option written out take a third of it.
inline constexpr std::size_t kMaxConfigBytes = 1024 * 1024;
/// The deepest thing a config needs has six levels; recursion over the tree is bounded by it.
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
  bool is_quoted = false;      ///< Written in quotes: "~" is then a text and not nothing.
  bool from_variable = false;  ///< Holds a value of the environment: never to be shown.
  bool is_faulty = false;      ///< A fault of it is told already: say nothing more.
  std::vector<YamlNode> items;
  std::vector<YamlEntry> entries;  ///< In the order of the file; duplicates are faults.

  /// The value of that key, or nullptr.
  [[nodiscard]] const YamlNode* find(std::string_view key) const;
};

struct YamlEntry {
  std::string key;
  int line = 0;
  int column = 0;
  YamlNode value;
};

/// The tree, and what is wrong with the text. A syntax fault stands alone and leaves no tree.
struct YamlOutcome {
  std::optional<YamlNode> root;
  std::vector<ConfigFault> faults;
};
[[nodiscard]] YamlOutcome parse_yaml(const std::string& text, const std::string& file);

/// "checks[2].latency": the path with one more key; keys are bounded and made printable.
[[nodiscard]] std::string path_with(const std::string& path, std::string_view key);
[[nodiscard]] std::string path_with(const std::string& path, std::size_t index);

}  // namespace holdfast
