// SPDX-License-Identifier: Apache-2.0
// Reads a map of the tree key by key. Every mistake becomes an error with its position, reading
// goes on, and a key that was never asked for is an unknown one. Used by one thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/values.h"
#include "exporter/config/yaml.h"

namespace holdfast {

/// The errors of one file.
class ConfigErrors {
 public:
  explicit ConfigErrors(std::string file) : file_(std::move(file)) {}
  void add(int line, int column, std::string path, std::string text);
  /// What follows from an error that is reported already, as of an unset variable, only counts.
  void add(const YamlNode& node, std::string path, std::string text) {
    if (node.has_error)
      add_consequence();
    else
      add(node.line, node.column, std::move(path), std::move(text));
  }
  void add_consequence() { ++consequences_; }
  void append(std::vector<ConfigError> errors);
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::size_t size() const { return errors_.size() + consequences_; }
  /// Sorted by line and column, without repetitions; at most 100, the rest as a number.
  [[nodiscard]] std::vector<ConfigError> take();

 private:
  std::string file_;
  std::vector<ConfigError> errors_;
  std::size_t consequences_ = 0;
};

/// A value as an error shows it: in quotes, or "the value of the variable", which may be secret.
[[nodiscard]] std::string describe_value(const YamlNode& node);

class MapReader {
 public:
  /// A null node reads as an empty map; anything else but a map is an error.
  MapReader(const YamlNode& node, std::string path, ConfigErrors& errors);

  /// Whether there is a map to read; if not, the error is reported already.
  [[nodiscard]] bool is_map() const;
  /// The value of that key, or nullptr when it is absent; makes the key a known one.
  const YamlNode* take(std::string_view key);
  /// Makes a key known without reading it.
  void allow(std::string_view key) { known_.emplace_back(key); }
  /// The text of a key; nothing when it is absent or invalid.
  std::optional<std::string> text(std::string_view key, bool is_required = false);
  /// The text of a key that names an element of its section: a required, valid and new name. Adds
  /// it to `names`, an empty one when it cannot be read; may return an invalid one.
  std::string name(std::vector<std::string>& names);
  /// The text of a key that takes only these values.
  std::optional<std::string> choice(std::string_view key, std::span<const std::string> choices);
  /// A value read by one of the functions of values.h.
  template <class T>
  std::optional<T> value(std::string_view key, Parsed<T> (*parse)(std::string_view));
  /// The same, within bounds.
  std::optional<Duration> duration(std::string_view key, Duration least, Duration most);
  std::optional<int> count(std::string_view key, int least, int most);
  /// Reports every key that was never asked for as an unknown `noun`.
  void finish(std::string_view noun = "key");

  void error(std::string_view key, std::string text);
  /// Reports that a key is missing.
  void require(std::string_view key);
  [[nodiscard]] std::string path_of(std::string_view key) const { return path_with(path_, key); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] ConfigErrors& errors() { return errors_; }
  [[nodiscard]] const YamlNode& node() const { return node_; }
  [[nodiscard]] bool has(std::string_view key) const { return node_.find(key) != nullptr; }
  /// Values of this section may be secret and are never quoted.
  void hide_values() { is_hidden_ = true; }

 private:
  const YamlNode& node_;
  std::string path_;
  ConfigErrors& errors_;
  std::vector<std::string> known_;
  bool is_hidden_ = false;
};

/// Calls `read` with each map of a list; what is no list, or no map in it, is an error.
void for_each_map(const YamlNode& list, const std::string& path, ConfigErrors& errors,
                  const std::function<void(MapReader&)>& read);

/// The text of a scalar; nothing and an error when it is not one, is empty or over 4,096 bytes, or
/// contains control characters.
[[nodiscard]] std::optional<std::string> scalar_of(const YamlNode& node, const std::string& path,
                                                   ConfigErrors& errors);
/// One of `choices`.
[[nodiscard]] std::optional<std::string> choice_of(const YamlNode& node, const std::string& path,
                                                   ConfigErrors& errors,
                                                   std::span<const std::string> choices,
                                                   bool is_hidden = false);
/// The texts of a list; nothing and an error when it is not one.
[[nodiscard]] std::optional<std::vector<std::string>> list_of(const YamlNode& node,
                                                              const std::string& path,
                                                              ConfigErrors& errors);
/// A scalar read by one of the functions of values.h.
template <class T>
[[nodiscard]] std::optional<T> value_of(const YamlNode& node, const std::string& path,
                                        ConfigErrors& errors, Parsed<T> (*parse)(std::string_view),
                                        bool is_hidden = false) {
  const std::optional<std::string> text = scalar_of(node, path, errors);
  if (!text) return std::nullopt;
  Parsed<T> parsed = parse(*text);
  if (parsed.value) return parsed.value;
  errors.add(node, path, (is_hidden ? "the value" : describe_value(node)) + " " + parsed.error);
  return std::nullopt;
}

template <class T>
std::optional<T> MapReader::value(std::string_view key, Parsed<T> (*parse)(std::string_view)) {
  const YamlNode* found = take(key);
  if (found == nullptr) return std::nullopt;
  return value_of(*found, path_of(key), errors_, parse, is_hidden_);
}

}  // namespace holdfast
