// SPDX-License-Identifier: Apache-2.0
// The section `windows`: read and validated here, judged by window/.
#include <algorithm>
#include <array>

#include "exporter/config/sections.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

constexpr Duration kMinLength = std::chrono::minutes(1);
constexpr Duration kMaxLength = std::chrono::hours(24 * 365);

/// A criterion that may be one value for all or a map of values by name. `names`: the only ones
/// there may be; nullptr: any.
template <class T>
void read_by_name(MapReader& map, std::string_view key, Parsed<T> (*parse)(std::string_view),
                  const std::vector<std::string>* names, std::optional<T>& all,
                  std::map<std::string, T>& by_name) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return;
  const std::string path = map.path_of(key);
  if (node->type == YamlNode::Type::scalar) {
    all = value_of(*node, path, map.faults(), parse);
    return;
  }
  if (node->type != YamlNode::Type::map || node->entries.empty())
    map.fault(key, "needs one value, or a value for each name");
  for (const YamlEntry& entry : node->entries) {
    if (names != nullptr && std::ranges::find(*names, entry.key) == names->end())
      map.faults().add(entry.line, entry.column, path_with(path, entry.key),
                       "is no check of this window" + suggest(entry.key, *names));
    if (const auto value = value_of(entry.value, path_with(path, entry.key), map.faults(), parse))
      by_name[entry.key] = *value;
  }
}

std::vector<std::string> read_names(MapReader& map, std::string_view key,
                                    const std::vector<std::string>& known,
                                    std::string_view missing) {
  const YamlNode* node = map.take(key);
  if (node == nullptr) return {};
  const auto names = list_of(*node, map.path_of(key), map.faults());
  if (!names) return {};
  for (std::size_t i = 0; i < names->size(); ++i) {
    const std::string& name = names->at(i);
    const std::string path = path_with(map.path_of(key), i);
    const auto here = names->begin() + static_cast<std::ptrdiff_t>(i);
    if (std::ranges::find(known, name) == known.end())
      map.faults().add(
          node->items[i], path,
          describe_value(node->items[i]) + " " + std::string(missing) + suggest(name, known));
    else if (std::find(names->begin(), here, name) != here)
      map.faults().add(node->items[i], path, "stands here a second time");
  }
  return *names;
}

void read_criteria(const YamlNode& node, const std::string& path, Faults& faults,
                   WindowConfig& out) {
  if (node.type != YamlNode::Type::map || node.entries.empty()) {
    faults.add(node, path, "needs at least one criterion, such as {coverage: 99%, critical: 0s}");
    return;
  }
  MapReader map(node, path, faults);
  Criteria& criteria = out.go_when;
  if (const auto coverage = map.value("coverage", parse_ratio)) {
    criteria.coverage = *coverage;
    if (*coverage <= 0)
      map.fault("coverage", "must be over 0 %, since what nobody saw is no evidence");
  }
  if (const auto critical = map.value("critical", parse_duration)) criteria.critical = *critical;
  criteria.warning = map.value("warning", parse_duration);
  read_by_name(map, "latency", parse_duration, &out.checks, criteria.latency, criteria.latency_of);
  read_by_name<double>(map, "ratios", parse_ratio, nullptr, criteria.ratio, criteria.ratio_of);
  criteria.require = read_names(map, "require", out.checks, "is no check of this window");
  map.finish("criterion");
}

void read_start(MapReader& map, WindowConfig& out) {
  const auto start = map.text("start", true);
  if (!start) return;
  out.start = *start;
  if (*start == "now") return;
  const auto parsed = parse_instant(*start);
  if (!parsed.value)
    map.fault("start", describe_value(*map.node().find("start")) + " " + parsed.fault + ", or now");
}

void read_length(MapReader& map, WindowConfig& out) {
  if (!map.has("length")) map.faults().add(map.node(), map.path(), "needs length");
  const auto length = map.value("length", parse_duration);
  if (!length) return;
  out.length = *length;
  if (*length < kMinLength || *length > kMaxLength)
    map.fault("length", "must lie between 1 minute and 365 days");
}

WindowConfig read_window(MapReader& map, const std::vector<std::string>& checks,
                         std::vector<std::string>& names) {
  WindowConfig out;
  Faults& faults = map.faults();
  if (const auto name = map.text("name", true)) {
    out.name = *name;
    if (!is_name(*name))
      map.fault("name", "a window is named with a-z, 0-9, _ and - only, at most 64 of them");
    else if (std::ranges::find(names, *name) != names.end())
      map.fault("name", "another window is named " + *name + " already");
    names.push_back(*name);
  }
  read_start(map, out);
  read_length(map, out);
  out.checks = read_names(map, "checks", checks, "is no check of this file");
  if (!map.has("checks")) faults.add(map.node(), map.path(), "needs checks");
  // A window of no checks would have nothing against it.
  if (const YamlNode* node = map.node().find("checks");
      node != nullptr && node->type == YamlNode::Type::list && node->items.empty())
    map.fault("checks", "needs at least one check");
  if (const YamlNode* criteria = map.take("go_when"))
    read_criteria(*criteria, map.path_of("go_when"), faults, out);
  else
    faults.add(map.node(), map.path(), "needs go_when");
  if (const auto after = map.text("on_no_go")) {
    static const std::array<std::string, 2> kChoices{"stop", "restart"};
    out.on_no_go = *after;
    if (std::ranges::find(kChoices, *after) == kChoices.end())
      map.fault("on_no_go", "is neither stop nor restart" + suggest(*after, kChoices));
  }
  map.finish("key of a window");
  return out;
}

}  // namespace

std::vector<WindowConfig> read_windows(const YamlNode& node, const std::vector<std::string>& checks,
                                       Faults& faults) {
  std::vector<WindowConfig> out;
  if (node.type != YamlNode::Type::list) {
    faults.add(node, "windows", "needs a list of windows");
    return out;
  }
  std::vector<std::string> names;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string path = path_with("windows", i);
    if (node.items[i].type != YamlNode::Type::map) {
      faults.add(node.items[i], path, "needs keys such as name, start and length");
      continue;
    }
    MapReader map(node.items[i], path, faults);
    out.push_back(read_window(map, checks, names));
  }
  return out;
}

}  // namespace holdfast
