// SPDX-License-Identifier: Apache-2.0
// Options of kinds, read according to the kinds' own tables.
#include <algorithm>
#include <stdexcept>

#include "checks/support/text/columns.h"
#include "exporter/config/sections.h"

namespace holdfast {
namespace {

/// A bound of a limit. A bound that is not set keeps its default; "off" removes it.
void read_bound(MapReader& map, std::string_view key, const OptionSpec& spec,
                std::optional<double>& bound) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return;
  const std::optional<std::string> text = scalar_of(*node, map.path_of(key), map.errors());
  if (!text) return;
  if (*text == "off") {
    bound.reset();
    return;
  }
  const Parsed<double> parsed = parse_unit(*text, spec.unit);
  if (parsed.value)
    bound = parsed.value;
  else
    map.error(key, describe_value(*node) + " " + parsed.error);
}

/// Whether the warning limit comes before the critical one; else an error.
bool check_order(MapReader& map, const Limit& limit) {
  if (!limit.warning || !limit.critical) return true;
  const bool is_upper = limit.side == Limit::Side::upper;
  if (is_upper ? *limit.warning <= *limit.critical : *limit.warning >= *limit.critical) return true;
  const auto shown = [&](const char* key, double bound) {
    return std::string("the ") + (map.has(key) ? "" : "default ") + key + " limit of " +
           render_value(bound, limit.unit);
  };
  map.error(map.has("warning") ? "warning" : "critical", shown("warning", *limit.warning) + " is " +
                                                             (is_upper ? "above " : "below ") +
                                                             shown("critical", *limit.critical));
  return false;
}

std::optional<OptionValue> read_limit(const YamlNode& node, const std::string& path,
                                      const OptionSpec& spec, ConfigErrors& errors, Limit limit) {
  if (node.type != YamlNode::Type::map) {
    errors.add(node, path, "must be a map such as {warning: …, critical: …}");
    return std::nullopt;
  }
  const std::size_t before = errors.size();
  MapReader map(node, path, errors);
  limit.unit = spec.unit;
  limit.side = spec.side;
  read_bound(map, "warning", spec, limit.warning);
  read_bound(map, "critical", spec, limit.critical);
  map.finish();
  if (errors.size() != before || !check_order(map, limit)) return std::nullopt;
  return limit;
}

std::optional<TextMap> read_map(const YamlNode& node, const std::string& path,
                                const OptionSpec& spec, ConfigErrors& errors) {
  if (node.type != YamlNode::Type::map) {
    errors.add(node, path, "must be a map such as {key: value}");
    return std::nullopt;
  }
  const std::size_t before = errors.size();
  MapReader map(node, path, errors);
  for (const std::string& key : split_choices(spec.choices)) map.allow(key);
  std::map<std::string, std::string> out;
  for (const YamlEntry& entry : node.entries) {
    if (spec.choices.empty()) map.allow(entry.key);
    if (auto text = scalar_of(entry.value, map.path_of(entry.key), errors))
      out.emplace(entry.key, std::move(*text));
  }
  map.finish();
  if (errors.size() != before) return std::nullopt;
  return out;
}

std::optional<OptionValue> read_maps(const YamlNode& node, const std::string& path,
                                     const OptionSpec& spec, ConfigErrors& errors) {
  if (node.type != YamlNode::Type::map) {
    errors.add(node, path, "must be a map of maps such as {name: {key: value}}");
    return std::nullopt;
  }
  const std::size_t before = errors.size();
  std::map<std::string, TextMap> out;
  for (const YamlEntry& entry : node.entries)
    if (auto map = read_map(entry.value, path_with(path, entry.key), spec, errors))
      out.emplace(entry.key, std::move(*map));
  if (errors.size() != before) return std::nullopt;
  return out;
}

template <class T>
std::optional<OptionValue> as_option(std::optional<T> value) {
  if (!value) return std::nullopt;
  return OptionValue(std::move(*value));
}

/// `limit`: the bounds that are used where the node sets none.
std::optional<OptionValue> read_value(const YamlNode& node, const std::string& path,
                                      const OptionSpec& spec, ConfigErrors& errors,
                                      const Limit& limit) {
  switch (spec.type()) {
    case OptionType::flag:
      return as_option(value_of(node, path, errors, parse_flag));
    case OptionType::count:
      return as_option(value_of(node, path, errors, parse_count));
    case OptionType::duration:
      return as_option(value_of(node, path, errors, parse_duration));
    case OptionType::text:
    case OptionType::database:
      return as_option(scalar_of(node, path, errors));
    case OptionType::choice:
      return as_option(choice_of(node, path, errors, split_choices(spec.choices)));
    case OptionType::list:
      return as_option(list_of(node, path, errors));
    case OptionType::map:
      return as_option(read_map(node, path, spec, errors));
    case OptionType::maps:
      return read_maps(node, path, spec, errors);
    case OptionType::limit:
      break;
  }
  return read_limit(node, path, spec, errors, limit);
}

}  // namespace

std::optional<OptionValue> read_option(const YamlNode& node, const std::string& path,
                                       const OptionSpec& spec, ConfigErrors& errors) {
  Limit limit;
  if (spec.type() == OptionType::limit)
    if (const auto fallback = fallback_of(spec)) limit = std::get<Limit>(*fallback);
  return read_value(node, path, spec, errors, limit);
}

std::optional<OptionValue> fallback_of(const OptionSpec& spec) {
  if (spec.fallback.empty()) return std::nullopt;
  ConfigErrors errors("");
  const YamlOutcome yaml = parse_yaml(std::string(spec.fallback), "");
  std::optional<OptionValue> out;
  if (yaml.root && yaml.errors.empty()) {
    // An empty text is allowed as a default only.
    if (spec.type() == OptionType::text && yaml.root->text.empty())
      return OptionValue(std::string());
    out = read_value(*yaml.root, "", spec, errors, Limit{});
  }
  if (!out) throw std::logic_error("the fallback of an option is invalid");
  return out;
}

}  // namespace holdfast
