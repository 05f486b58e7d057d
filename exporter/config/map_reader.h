// SPDX-License-Identifier: Apache-2.0
// Reading a map of the tree key by key: each wrong thing becomes a fault at its place, reading goes
// on, and what was never asked for is an unknown key. Used by one thread; owns nothing but faults.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/config/values.h"
#include "exporter/config/yaml.h"

namespace holdfast {

/// The faults of one file, in the order they are found; sorted by place when taken.
class Faults {
 public:
  explicit Faults(std::string file) : file_(std::move(file)) {}
  void add(int line, int column, std::string path, std::string text);
  void add(const YamlNode& node, std::string path, std::string text) {
    if (!node.is_faulty) add(node.line, node.column, std::move(path), std::move(text));
  }
  void append(std::vector<ConfigFault> faults);
  [[nodiscard]] const std::string& file() const { return file_; }
  [[nodiscard]] std::size_t size() const { return faults_.size(); }
  /// By line and column, without repetitions; at most 100, the rest as a number.
  [[nodiscard]] std::vector<ConfigFault> take();

 private:
  std::string file_;
  std::vector<ConfigFault> faults_;
};

/// How a value is shown in a fault: "is" with the value in quotes where it can be no secret, so
/// that a fault reads `"15x" is not a duration`.
[[nodiscard]] std::string describe_value(const YamlNode& node);

class MapReader {
 public:
  /// A null node reads as an empty map; anything but a map is a fault.
  MapReader(const YamlNode& node, std::string path, Faults& faults);

  /// The value of that key, or nullptr when it is absent; makes the key a known one.
  const YamlNode* take(std::string_view key);
  /// Makes a key known without reading it.
  void allow(std::string_view key) { known_.emplace_back(key); }
  /// The text of a key: nullopt when absent or faulty (then a fault is told).
  std::optional<std::string> text(std::string_view key, bool is_required = false);
  /// A value read by one of the functions of values.h.
  template <class T>
  std::optional<T> value(std::string_view key, Parsed<T> (*parse)(std::string_view));
  /// Tells every key that was never asked for. `shows_values` false: of a section with secrets.
  void finish(std::string_view noun);

  void fault(std::string_view key, std::string text);
  [[nodiscard]] std::string path_of(std::string_view key) const { return path_with(path_, key); }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Faults& faults() { return faults_; }
  [[nodiscard]] const YamlNode& node() const { return node_; }
  [[nodiscard]] bool has(std::string_view key) const { return node_.find(key) != nullptr; }
  /// Values of this section may be secret and are never quoted.
  void hide_values() { is_hidden_ = true; }

 private:
  const YamlNode& node_;
  std::string path_;
  Faults& faults_;
  std::vector<std::string> known_;
  bool is_hidden_ = false;
};

/// The scalar text of a node, or nullopt and a fault when it is none, empty or over 4,096 bytes or
/// holds control characters.
[[nodiscard]] std::optional<std::string> scalar_of(const YamlNode& node, const std::string& path,
                                                   Faults& faults);
/// The texts of a list; empty and a fault when it is none.
[[nodiscard]] std::optional<std::vector<std::string>> list_of(const YamlNode& node,
                                                              const std::string& path,
                                                              Faults& faults);
/// A scalar through one of the functions of values.h.
template <class T>
[[nodiscard]] std::optional<T> value_of(const YamlNode& node, const std::string& path,
                                        Faults& faults, Parsed<T> (*parse)(std::string_view),
                                        bool is_hidden = false) {
  const std::optional<std::string> text = scalar_of(node, path, faults);
  if (!text) return std::nullopt;
  Parsed<T> parsed = parse(*text);
  if (parsed.value) return parsed.value;
  faults.add(node, path, (is_hidden ? "the value" : describe_value(node)) + " " + parsed.fault);
  return std::nullopt;
}

template <class T>
std::optional<T> MapReader::value(std::string_view key, Parsed<T> (*parse)(std::string_view)) {
  const YamlNode* found = take(key);
  if (found == nullptr) return std::nullopt;
  return value_of(*found, path_of(key), faults_, parse, is_hidden_);
}

}  // namespace holdfast
