// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/map_reader.h"

#include <algorithm>
#include <tuple>

#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

// More faults than fit a person's evening; the rest is a number.
constexpr std::size_t kMaxFaults = 100;
// A path or a name; the longest real one is a path of 4,096 bytes.
constexpr std::size_t kMaxScalarBytes = 4096;
constexpr std::size_t kMaxListItems = 1000;

const char* name_of(YamlNode::Type type) {
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
  return "nothing";
}

}  // namespace

void Faults::add(int line, int column, std::string path, std::string text) {
  // The bound holds while collecting too: a file can hold 100,000 of them.
  if (faults_.size() < 10 * kMaxFaults)
    faults_.push_back({file_, line, column, std::move(path), std::move(text)});
}

void Faults::append(std::vector<ConfigFault> faults) {
  for (ConfigFault& fault : faults)
    add(fault.line, fault.column, std::move(fault.path), std::move(fault.text));
}

std::vector<ConfigFault> Faults::take() {
  const auto place = [](const ConfigFault& fault) {
    return std::tie(fault.line, fault.column, fault.path, fault.text);
  };
  std::ranges::stable_sort(faults_, {}, place);
  const auto repeated =
      std::unique(faults_.begin(), faults_.end(),
                  [&](const ConfigFault& a, const ConfigFault& b) { return place(a) == place(b); });
  faults_.erase(repeated, faults_.end());
  if (faults_.size() > kMaxFaults) {
    const std::size_t rest = faults_.size() - kMaxFaults;
    faults_.resize(kMaxFaults);
    faults_.push_back({file_, 0, 0, "",
                       "and at least " + std::to_string(rest) + " more faults, not listed here"});
  }
  return std::move(faults_);
}

std::string describe_value(const YamlNode& node) {
  if (node.from_variable) return "the value of the variable";
  return "\"" + printable(node.text, 40) + "\"";
}

MapReader::MapReader(const YamlNode& node, std::string path, Faults& faults)
    : node_(node), path_(std::move(path)), faults_(faults) {
  const bool fits = node.type == YamlNode::Type::map || node.type == YamlNode::Type::null;
  if (!fits)
    faults_.add(node, path_, std::string("needs keys and values, not ") + name_of(node.type));
}

const YamlNode* MapReader::take(std::string_view key) {
  known_.emplace_back(key);
  return node_.find(key);
}

std::optional<std::string> MapReader::text(std::string_view key, bool is_required) {
  const YamlNode* found = take(key);
  if (found != nullptr) return scalar_of(*found, path_of(key), faults_);
  if (is_required) faults_.add(node_, path_, "needs " + std::string(key));
  return std::nullopt;
}

void MapReader::fault(std::string_view key, std::string text) {
  const YamlNode* found = node_.find(key);
  faults_.add(found != nullptr ? *found : node_, path_of(key), std::move(text));
}

void MapReader::finish(std::string_view noun) {
  for (const YamlEntry& entry : node_.entries) {
    if (entry.key.empty() || std::ranges::find(known_, entry.key) != known_.end()) continue;
    faults_.add(entry.line, entry.column, path_of(entry.key),
                "unknown " + std::string(noun) + suggest(entry.key, known_));
  }
}

std::optional<std::string> scalar_of(const YamlNode& node, const std::string& path,
                                     Faults& faults) {
  if (node.type == YamlNode::Type::null) {
    faults.add(node, path, "has no value");
  } else if (node.type != YamlNode::Type::scalar) {
    faults.add(node, path, std::string("needs a single value, not ") + name_of(node.type));
  } else if (node.text.empty()) {
    faults.add(node, path, node.from_variable ? "the variable is set, but empty" : "is empty");
  } else if (node.text.size() > kMaxScalarBytes) {
    faults.add(node, path, "is longer than 4,096 bytes");
  } else if (std::ranges::any_of(node.text, [](char c) {
               return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
             })) {
    faults.add(node, path, "holds a line break or another control character");
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> list_of(const YamlNode& node, const std::string& path,
                                                Faults& faults) {
  if (node.type == YamlNode::Type::null || node.type == YamlNode::Type::map ||
      node.type == YamlNode::Type::scalar) {
    faults.add(node, path, std::string("needs a list such as [a, b], not ") + name_of(node.type));
    return std::nullopt;
  }
  if (node.items.size() > kMaxListItems) {
    faults.add(node, path, "holds more than 1,000 entries");
    return std::nullopt;
  }
  std::vector<std::string> out;
  bool is_whole = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (auto text = scalar_of(node.items[i], path_with(path, i), faults))
      out.push_back(std::move(*text));
    else
      is_whole = false;
  }
  if (!is_whole) return std::nullopt;
  return out;
}

}  // namespace holdfast
