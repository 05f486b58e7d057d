// SPDX-License-Identifier: Apache-2.0
// The sections `defaults` and `checks`.
#include <algorithm>

#include "checks/support/text/columns.h"
#include "exporter/config/sections.h"
#include "exporter/config/words.h"

namespace holdfast {
namespace {

// A shorter interval would measure little but the start of runs.
constexpr Duration kMinInterval = std::chrono::milliseconds(100);
constexpr Duration kMaxInterval = std::chrono::hours(24);
constexpr Duration kMinTimeout = std::chrono::milliseconds(10);
constexpr int kMaxConfirm = 100;

void read_times(MapReader& map, CheckConfig& out) {
  out.interval = map.duration("interval", kMinInterval, kMaxInterval).value_or(out.interval);
  out.timeout = map.duration("timeout", kMinTimeout, kMaxInterval).value_or(out.timeout);
  out.retry_interval =
      map.duration("retry_interval", kMinInterval, kMaxInterval).value_or(out.retry_interval);
  out.confirm = map.count("confirm", 1, kMaxConfirm).value_or(out.confirm);
}

void check_timeout(MapReader& map, const CheckConfig& times) {
  if (times.timeout > times.interval)
    map.error(map.has("timeout") ? "timeout" : "interval",
              "the timeout of " + render_duration(times.timeout) +
                  " is longer than the interval of " + render_duration(times.interval));
}

/// Times that contradict each other in the file are an error; a built-in default gives way.
void reconcile_times(MapReader& map, bool has_default_timeout, CheckConfig& out) {
  if (map.has("timeout") || (has_default_timeout && map.has("interval"))) check_timeout(map, out);
  out.timeout = std::min(out.timeout, out.interval);
  if (out.retry_interval > out.interval && map.has("retry_interval"))
    map.error("retry_interval", "is longer than the interval of " + render_duration(out.interval));
  out.retry_interval = std::min(out.retry_interval, out.interval);
}

/// The node that an option's error is about: "columns.session" below the check, or the nearest
/// node above it that exists.
const YamlNode& node_of(const YamlNode& check, std::string_view option) {
  const YamlNode* at = &check;
  while (!option.empty()) {
    const std::size_t end = std::min(option.find('.'), option.size());
    const YamlNode* next = at->find(option.substr(0, end));
    if (next == nullptr) break;
    at = next;
    option.remove_prefix(std::min(end + 1, option.size()));
  }
  return *at;
}

/// "unknown kind "cron"; expected http or dns"
std::string unknown(const YamlNode& node, const std::string& noun, const std::string& name,
                    std::span<const std::string> known) {
  return "unknown " + noun + (node.from_variable ? "" : " " + describe_value(node)) +
         suggest(name, known);
}

class CheckReader {
 public:
  CheckReader(const Defaults& defaults, const DatabaseSection& databases, Kinds kinds,
              ConfigErrors& errors, CheckSection& out)
      : defaults_(defaults), databases_(databases), kinds_(kinds), errors_(errors), out_(out) {}

  void read(MapReader& map) {
    const std::size_t before = errors_.size();
    CheckConfig check = defaults_.check;
    check.name = map.name(out_.names);
    check.kind = map.text("kind", true).value_or("");
    const Kind* kind = check.kind.empty() ? nullptr : kind_of(map, check.kind);
    const std::size_t before_times = errors_.size();
    read_times(map, check);
    if (errors_.size() == before_times && !defaults_.has_errors)
      reconcile_times(map, defaults_.has_timeout, check);
    if (kind == nullptr) return;  // Only its option table knows the other keys.
    const std::size_t before_options = errors_.size();
    read_options(map, *kind, check);
    if (errors_.size() == before_options) try_make(map, *kind, check);
    if (errors_.size() == before) out_.checks.push_back(std::move(check));
  }

 private:
  const Kind* kind_of(MapReader& map, const std::string& name) const {
    const auto found = std::ranges::find(kinds_, name, [](const Kind* kind) { return kind->name; });
    if (found != kinds_.end()) return *found;
    std::vector<std::string> known;
    for (const Kind* kind : kinds_) known.emplace_back(kind->name);
    map.error("kind", unknown(*map.node().find("kind"), "kind", name, known));
    return nullptr;
  }

  void read_options(MapReader& map, const Kind& kind, CheckConfig& check) {
    for (const OptionSpec& spec : kind.options) {
      const YamlNode* node = map.take(spec.name);
      std::optional<OptionValue> value;
      if (node != nullptr)
        value = read_option(*node, map.path_of(spec.name), spec, errors_);
      else if (spec.required)
        map.require(spec.name);
      else
        value = fallback_of(spec);
      if (!value) continue;
      if (spec.type() == OptionType::database && node != nullptr)
        choose_database(*node, map.path_of(spec.name), std::get<std::string>(*value), check);
      check.options.set(std::string(spec.name), std::move(*value));
    }
    map.finish("option of kind " + std::string(kind.name));
  }

  void choose_database(const YamlNode& node, const std::string& path, const std::string& name,
                       CheckConfig& check) {
    const auto found = databases_.find(name);
    if (found != databases_.end() && found->second) {
      check.database = *found->second;
    } else if (found != databases_.end()) {
      errors_.add_consequence();
    } else {
      std::vector<std::string> known;
      for (const auto& [each, database] : databases_) known.push_back(each);
      errors_.add(node, path, unknown(node, "database", name, known));
    }
  }

  void try_make(MapReader& map, const Kind& kind, const CheckConfig& check) {
    if (kind.make == nullptr) return;
    std::vector<OptionError> wrong;
    const std::unique_ptr<Check> made = kind.make(check, wrong);
    for (const OptionError& error : wrong) {
      const std::string path = error.option.empty() ? map.path() : map.path() + "." + error.option;
      errors_.add(node_of(map.node(), error.option), path, error.text);
    }
    if (made == nullptr && wrong.empty()) errors_.add(map.node(), map.path(), "cannot be created");
  }

  const Defaults& defaults_;
  const DatabaseSection& databases_;
  Kinds kinds_;
  ConfigErrors& errors_;
  CheckSection& out_;
};

}  // namespace

Defaults read_defaults(const YamlNode& node, ConfigErrors& errors) {
  Defaults out;
  MapReader map(node, "defaults", errors);
  const std::size_t before = errors.size();
  read_times(map, out.check);
  out.has_timeout = map.has("timeout");
  map.finish("default");
  if (errors.size() == before && out.has_timeout) check_timeout(map, out.check);
  out.has_errors = errors.size() != before;
  return out;
}

CheckSection read_checks(const YamlNode& node, const Defaults& defaults,
                         const DatabaseSection& databases, Kinds kinds, ConfigErrors& errors) {
  CheckSection out;
  CheckReader reader(defaults, databases, kinds, errors, out);
  if (node.type == YamlNode::Type::list && node.items.empty())
    errors.add(node, "checks", "must list at least one check");
  for_each_map(node, "checks", errors, [&](MapReader& map) { reader.read(map); });
  return out;
}

}  // namespace holdfast
