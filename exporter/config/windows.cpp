// SPDX-License-Identifier: Apache-2.0
// The section `windows`.
#include <algorithm>
#include <array>

#include "checks/support/text/columns.h"
#include "exporter/config/sections.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

constexpr Duration kMinLength = std::chrono::minutes(1);
constexpr Duration kMaxLength = std::chrono::hours(24 * 365);

/// A criterion that may be one value or a map of values by name. `names`: the allowed ones;
/// nullptr: any.
template <class T>
void read_by_name(MapReader& map, std::string_view key, Parsed<T> (*parse)(std::string_view),
                  const std::vector<std::string>* names, std::optional<T>& all,
                  std::map<std::string, T>& by_name) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return;
  const std::string path = map.path_of(key);
  if (node->type == YamlNode::Type::scalar) {
    all = value_of(*node, path, map.errors(), parse);
    return;
  }
  if (node->type != YamlNode::Type::map || node->entries.empty())
    map.error(key, "must be one value or a map of values by name");
  for (const YamlEntry& entry : node->entries) {
    if (names != nullptr && !is_known(entry.key, *names))
      map.errors().add(entry.line, entry.column, path_with(path, entry.key),
                       "is not a check of this window" + suggest(entry.key, *names));
    if (const auto value = value_of(entry.value, path_with(path, entry.key), map.errors(), parse))
      by_name[entry.key] = *value;
  }
}

/// Names that must be `known`; an empty one when they could not be read.
std::vector<std::string> read_names(MapReader& map, std::string_view key,
                                    const std::vector<std::string>& known,
                                    std::string_view missing) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return {};
  const auto names = list_of(*node, map.path_of(key), map.errors());
  if (!names) return {""};
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = names->at(i);
    const std::string path = path_with(map.path_of(key), i);
    const auto here = names->begin() + static_cast<std::ptrdiff_t>(i);
    if (!is_known(name, known))
      map.errors().add(
          node->items[i], path,
          describe_value(node->items[i]) + " " + std::string(missing) + suggest(name, known));
    else if (std::find(names->begin(), here, name) != here)
      map.errors().add(node->items[i], path, "duplicate name");
  }
  return *names;
}

void read_criteria(const YamlNode& node, const std::string& path, ConfigErrors& errors,
                   WindowConfig& out) {
  if (node.type != YamlNode::Type::map || node.entries.empty()) {
    errors.add(node, path, "must be a map such as {coverage: 99%, critical: 0s}");
    return;
  }
  MapReader map(node, path, errors);
  Criteria& criteria = out.go_when;
  if (const auto coverage = map.value("coverage", parse_ratio)) {
    criteria.coverage = *coverage;
    if (*coverage <= 0) map.error("coverage", "must be over 0%: missing data is not evidence");
  }
  if (const auto critical = map.value("critical", parse_duration)) criteria.critical = *critical;
  criteria.warning = map.value("warning", parse_duration);
  read_by_name(map, "latency", parse_duration, &out.checks, criteria.latency, criteria.latency_of);
  read_by_name<double>(map, "ratios", parse_ratio, nullptr, criteria.ratio, criteria.ratio_of);
  criteria.require = read_names(map, "require", out.checks, "is not a check of this window");
  map.finish("criterion");
}

void read_start(MapReader& map, WindowConfig& out) {
  const auto start = map.text("start", true);
  if (!start) return;
  out.start = *start;
  if (*start == "now") return;
  const auto parsed = parse_instant(*start);
  if (!parsed.value)
    map.error("start", describe_value(*map.node().find("start")) + " " + parsed.error + ", or now");
}

WindowConfig read_window(MapReader& map, const std::vector<std::string>& checks,
                         std::vector<std::string>& names) {
  static const std::array<std::string, 2> kAfterNoGo{"stop", "restart"};
  WindowConfig out;
  out.name = map.name(names);
  read_start(map, out);
  for (const char* key : {"length", "checks", "go_when"})
    if (!map.has(key)) map.require(key);
  out.length = map.duration("length", kMinLength, kMaxLength).value_or(Duration{});
  out.checks = read_names(map, "checks", checks, "is not a check of this file");
  // A window without checks would always pass.
  if (const YamlNode* node = map.node().find("checks");
      node != nullptr && node->type == YamlNode::Type::list && node->items.empty())
    map.error("checks", "must name at least one check");
  if (const YamlNode* criteria = map.take("go_when"))
    read_criteria(*criteria, map.path_of("go_when"), map.errors(), out);
  if (const auto after = map.choice("on_no_go", kAfterNoGo)) out.on_no_go = *after;
  map.finish();
  return out;
}

}  // namespace

std::vector<WindowConfig> read_windows(const YamlNode& node, const std::vector<std::string>& checks,
                                       ConfigErrors& errors) {
  std::vector<WindowConfig> out;
  std::vector<std::string> names;
  for_each_map(node, "windows", errors,
               [&](MapReader& map) { out.push_back(read_window(map, checks, names)); });
  return out;
}

}  // namespace holdfast
