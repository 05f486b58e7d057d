// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/map_reader.h"

#include <algorithm>
#include <tuple>

#include "checks/support/text/columns.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

// A longer list helps nobody; the rest is a number.
constexpr std::size_t kMaxErrors = 100;
// The bound holds while collecting too: a file can have 100,000 of them.
constexpr std::size_t kMaxCollected = 10 * kMaxErrors;
// A path or a name; the longest real one is a path of 4,096 bytes.
constexpr std::size_t kMaxScalarBytes = 4096;
constexpr std::size_t kMaxListItems = 1000;

std::string name_of(YamlNode::Type type) {
  switch (type) {
    case YamlNode::Type::scalar:
      return "a single value";
    case YamlNode::Type::list:
      return "a list";
    case YamlNode::Type::map:
      return "a map";
    case YamlNode::Type::null:
      break;
  }
  return "an empty value";
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }

}  // namespace

void ConfigErrors::add(int line, int column, std::string path, std::string text) {
  if (errors_.size() < kMaxCollected)
    errors_.push_back({file_, line, column, std::move(path), std::move(text)});
}

void ConfigErrors::append(std::vector<ConfigError> errors) {
  for (ConfigError& error : errors)
    if (errors_.size() < kMaxCollected) errors_.push_back(std::move(error));
}

std::vector<ConfigError> ConfigErrors::take() {
  const auto key = [](const ConfigError& error) {
    return std::tie(error.line, error.column, error.path, error.text);
  };
  std::ranges::stable_sort(errors_, {}, key);
  const auto repeated = std::ranges::unique(errors_, {}, key);
  errors_.erase(repeated.begin(), repeated.end());
  if (errors_.size() > kMaxErrors) {
    const std::size_t rest = errors_.size() - kMaxErrors;
    errors_.resize(kMaxErrors);
    errors_.push_back({file_, 0, 0, "", "and at least " + std::to_string(rest) + " more errors"});
  }
  return std::move(errors_);
}

std::string describe_value(const YamlNode& node) {
  if (node.from_variable) return "the value of the variable";
  return "\"" + printable(node.text, 40) + "\"";
}

MapReader::MapReader(const YamlNode& node, std::string path, ConfigErrors& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {
  if (!is_map()) errors_.add(node, path_, "must be a map, not " + name_of(node.type));
}

bool MapReader::is_map() const {
  return node_.type == YamlNode::Type::map || node_.type == YamlNode::Type::null;
}

const YamlNode* MapReader::take(std::string_view key) {
  allow(key);
  return node_.find(key);
}

std::optional<std::string> MapReader::text(std::string_view key, bool is_required) {
  const YamlNode* found = take(key);
  if (found != nullptr) return scalar_of(*found, path_of(key), errors_);
  if (is_required) require(key);
  return std::nullopt;
}

std::string MapReader::name(std::vector<std::string>& names) {
  const auto text = this->text("name", true);
  if (!text) return names.emplace_back();
  if (!is_name(*text))
    error("name", kNameRule);
  else if (std::ranges::find(names, *text) != names.end())
    error("name", "duplicate name " + *text);
  else
    names.push_back(*text);
  return *text;
}

std::optional<std::string> MapReader::choice(std::string_view key,
                                             std::span<const std::string> choices) {
  const YamlNode* found = take(key);
  if (found == nullptr) return std::nullopt;
  return choice_of(*found, path_of(key), errors_, choices, is_hidden_);
}

std::optional<Duration> MapReader::duration(std::string_view key, Duration least, Duration most) {
  const auto out = value(key, parse_duration);
  if (!out || (*out >= least && *out <= most)) return out;
  error(key, "must be between " + render_duration(least) + " and " + render_duration(most));
  return std::nullopt;
}

std::optional<int> MapReader::count(std::string_view key, int least, int most) {
  const auto out = value(key, parse_count);
  if (!out) return std::nullopt;
  if (*out >= least && *out <= most) return static_cast<int>(*out);
  error(key, "must be between " + std::to_string(least) + " and " + std::to_string(most));
  return std::nullopt;
}

void MapReader::error(std::string_view key, std::string text) {
  const YamlNode* found = node_.find(key);
  errors_.add(found != nullptr ? *found : node_, path_of(key), std::move(text));
}

void MapReader::require(std::string_view key) {
  errors_.add(node_, path_, std::string(key) + " is required");
}

void MapReader::finish(std::string_view noun) {
  for (const YamlEntry& entry : node_.entries) {
    if (entry.key.empty() || std::ranges::find(known_, entry.key) != known_.end()) continue;
    errors_.add(entry.line, entry.column, path_of(entry.key),
                "unknown " + std::string(noun) + suggest(entry.key, known_));
  }
}

void for_each_map(const YamlNode& list, const std::string& path, ConfigErrors& errors,
                  const std::function<void(MapReader&)>& read) {
  if (list.type != YamlNode::Type::list)
    errors.add(list, path, "must be a list, not " + name_of(list.type));
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    MapReader map(list.items[i], path_with(path, i), errors);
    if (map.is_map()) read(map);
  }
}

std::optional<std::string> scalar_of(const YamlNode& node, const std::string& path,
                                     ConfigErrors& errors) {
  if (node.type == YamlNode::Type::null) {
    errors.add(node, path, "has no value");
  } else if (node.type != YamlNode::Type::scalar) {
    errors.add(node, path, "must be a single value, not " + name_of(node.type));
  } else if (node.text.empty()) {
    errors.add(node, path, node.from_variable ? "the variable is set but empty" : "is empty");
  } else if (node.text.size() > kMaxScalarBytes) {
    errors.add(node, path, "is longer than 4,096 bytes");
  } else if (std::ranges::any_of(node.text, is_control)) {
    errors.add(node, path, "contains a line break or another control character");
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<std::string> choice_of(const YamlNode& node, const std::string& path,
                                     ConfigErrors& errors, std::span<const std::string> choices,
                                     bool is_hidden) {
  const std::optional<std::string> text = scalar_of(node, path, errors);
  if (!text || std::ranges::find(choices, *text) != choices.end()) return text;
  const std::string near = nearest_word(*text, choices);
  errors.add(node, path,
             (is_hidden ? "the value" : describe_value(node)) + " is not one of " +
                 join_words(choices, " or ") +
                 (near.empty() ? "" : "; did you mean " + near + "?"));
  return std::nullopt;
}

std::optional<std::vector<std::string>> list_of(const YamlNode& node, const std::string& path,
                                                ConfigErrors& errors) {
  if (node.type != YamlNode::Type::list) {
    errors.add(node, path, "must be a list such as [a, b], not " + name_of(node.type));
    return std::nullopt;
  }
  if (node.items.size() > kMaxListItems) {
    errors.add(node, path, "has more than 1,000 entries");
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (std::size_t i = 0; i < node.items.size(); ++i)
    if (auto text = scalar_of(node.items[i], path_with(path, i), errors))
      out.push_back(std::move(*text));
  if (out.size() != node.items.size()) return std::nullopt;
  return out;
}

}  // namespace holdfast
