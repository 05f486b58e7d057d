// SPDX-License-Identifier: Apache-2.0
// Options of kinds, read by the kinds' own tables.
#include <algorithm>
#include <stdexcept>

#include "exporter/config/sections.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

/// A bound of a limit. "off" takes the default's bound away, so that nobody loses a critical
/// limit by setting only the warning.
void read_bound(MapReader& map, std::string_view key, const OptionSpec& spec,
                std::optional<double>& bound) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return;
  const std::optional<std::string> text = scalar_of(*node, map.path_of(key), map.faults());
  if (!text) return;
  if (*text == "off") {
    bound.reset();
    return;
  }
  const Parsed<double> parsed = parse_unit(*text, spec.unit);
  if (parsed.value)
    bound = parsed.value;
  else
    map.fault(key, describe_value(*node) + " " + parsed.fault);
}

std::optional<OptionValue> read_limit(const YamlNode& node, const std::string& path,
                                      const OptionSpec& spec, Faults& faults, Limit limit) {
  const std::size_t before = faults.size();
  if (node.type != YamlNode::Type::map) {
    faults.add(node, path, "needs limits such as {warning: …, critical: …}");
    return std::nullopt;
  }
  MapReader map(node, path, faults);
  limit.unit = spec.unit;
  limit.side = spec.side;
  read_bound(map, "warning", spec, limit.warning);
  read_bound(map, "critical", spec, limit.critical);
  map.finish("key of a limit");
  if (faults.size() != before) return std::nullopt;
  if (!limit.warning || !limit.critical) return limit;
  const bool is_upper = spec.side == Limit::Side::upper;
  const bool is_beyond =
      is_upper ? *limit.warning > *limit.critical : *limit.warning < *limit.critical;
  if (!is_beyond) return limit;
  const std::string key = map.has("warning") ? "warning" : "critical";
  map.fault(key, "the warning at " + render_value(*limit.warning, spec.unit) + " lies " +
                     (is_upper ? "above" : "below") + " the critical limit at " +
                     render_value(*limit.critical, spec.unit) +
                     (map.has("critical") ? "" : ", which is the default") +
                     (map.has("warning") ? "" : "; the warning is the default"));
  return std::nullopt;
}

std::optional<TextMap> read_map(const YamlNode& node, const std::string& path,
                                const OptionSpec& spec, Faults& faults) {
  if (node.type != YamlNode::Type::map) {
    faults.add(node, path, "needs keys and values, such as {key: value}");
    return std::nullopt;
  }
  const std::size_t before = faults.size();
  MapReader map(node, path, faults);
  for (const std::string& key : split_choices(spec.choices)) map.allow(key);
  std::map<std::string, std::string> out;
  for (const YamlEntry& entry : node.entries) {
    if (spec.choices.empty()) map.allow(entry.key);
    if (auto text = scalar_of(entry.value, map.path_of(entry.key), faults))
      out.emplace(entry.key, std::move(*text));
  }
  map.finish("key");
  if (faults.size() != before) return std::nullopt;
  return out;
}

std::optional<OptionValue> read_maps(const YamlNode& node, const std::string& path,
                                     const OptionSpec& spec, Faults& faults) {
  if (node.type != YamlNode::Type::map) {
    faults.add(node, path, "needs names, each with its keys, such as {name: {key: value}}");
    return std::nullopt;
  }
  const std::size_t before = faults.size();
  std::map<std::string, TextMap> out;
  for (const YamlEntry& entry : node.entries)
    if (auto map = read_map(entry.value, path_with(path, entry.key), spec, faults))
      out.emplace(entry.key, std::move(*map));
  if (faults.size() != before) return std::nullopt;
  return out;
}

std::optional<OptionValue> read_choice(const YamlNode& node, const std::string& path,
                                       const OptionSpec& spec, Faults& faults) {
  const std::optional<std::string> text = scalar_of(node, path, faults);
  if (!text) return std::nullopt;
  const std::vector<std::string> choices = split_choices(spec.choices);
  if (std::ranges::find(choices, *text) != choices.end()) return *text;
  const std::string near = nearest_word(*text, choices);
  faults.add(node, path,
             describe_value(node) + " is not one of " + join_words(choices, " or ") +
                 (near.empty() ? "" : "; did you mean " + near + "?"));
  return std::nullopt;
}

template <class T>
std::optional<OptionValue> as_option(std::optional<T> value) {
  if (!value) return std::nullopt;
  return OptionValue(std::move(*value));
}

std::optional<OptionValue> read_value(const YamlNode& node, const std::string& path,
                                      const OptionSpec& spec, Faults& faults) {
  switch (spec.type()) {
    case OptionType::flag:
      return as_option(value_of(node, path, faults, parse_flag));
    case OptionType::count:
      return as_option(value_of(node, path, faults, parse_count));
    case OptionType::duration:
      return as_option(value_of(node, path, faults, parse_duration));
    case OptionType::text:
    case OptionType::database:
      return as_option(scalar_of(node, path, faults));
    case OptionType::choice:
      return read_choice(node, path, spec, faults);
    case OptionType::list:
      return as_option(list_of(node, path, faults));
    case OptionType::map:
      return as_option(read_map(node, path, spec, faults));
    case OptionType::maps:
      return read_maps(node, path, spec, faults);
    case OptionType::limit:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<OptionValue> read_option(const YamlNode& node, const std::string& path,
                                       const OptionSpec& spec, Faults& faults) {
  if (node.is_faulty) return std::nullopt;
  if (spec.type() != OptionType::limit) return read_value(node, path, spec, faults);
  Limit limit;
  if (const auto fallback = fallback_of(spec)) limit = std::get<Limit>(*fallback);
  return read_limit(node, path, spec, faults, limit);
}

std::optional<OptionValue> fallback_of(const OptionSpec& spec) {
  if (spec.fallback.empty()) return std::nullopt;
  Faults faults("");
  const YamlOutcome yaml = parse_yaml(std::string(spec.fallback), "");
  std::optional<OptionValue> out;
  if (yaml.root && yaml.faults.empty()) {
    // The empty text is a fair default, though nobody may write it.
    const bool is_empty_text = spec.type() == OptionType::text && yaml.root->text.empty();
    if (is_empty_text) return OptionValue(std::string());
    out = spec.type() == OptionType::limit ? read_limit(*yaml.root, "", spec, faults, Limit{})
                                           : read_value(*yaml.root, "", spec, faults);
  }
  if (!out) throw std::logic_error("the fallback of an option does not fit its own table");
  return out;
}

}  // namespace holdfast
