// SPDX-License-Identifier: Apache-2.0
// The sections `defaults` and `checks`.
#include <algorithm>
#include <array>

#include "exporter/config/sections.h"
#include "exporter/config/words.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

// Below this a check does little else than begin; the design's shortest interval is 5 s.
constexpr Duration kMinInterval = std::chrono::milliseconds(100);
constexpr Duration kMaxInterval = std::chrono::hours(24);
constexpr Duration kMinTimeout = std::chrono::milliseconds(10);
constexpr double kMaxConfirm = 100;

constexpr std::array<std::string_view, 6> kReserved{"flags",  "http",   "message",
                                                    "schema", "parity", "sql"};

void read_span(MapReader& map, std::string_view key, Duration least, Duration& out) {
  const auto span = map.value(key, parse_duration);
  if (!span) return;
  if (*span < least || *span > kMaxInterval)
    map.fault(key, "must lie between " + render_duration(least) + " and " +
                       render_duration(kMaxInterval));
  else
    out = *span;
}

void read_confirm(MapReader& map, int& out) {
  const auto count = map.value("confirm", parse_count);
  if (!count) return;
  if (*count < 1 || *count > kMaxConfirm)
    map.fault("confirm", "must lie between 1 and 100 readings");
  else
    out = static_cast<int>(*count);
}

/// The times of one check, over the defaults. What the file says twice in contradiction is a
/// fault; what only Holdfast assumed gives way.
void read_times(MapReader& map, const Defaults& defaults, CheckConfig& out) {
  const std::size_t before = map.faults().size();
  out.interval = defaults.interval;
  out.timeout = defaults.timeout;
  out.retry_interval = defaults.retry_interval;
  out.confirm = defaults.confirm;
  read_span(map, "interval", kMinInterval, out.interval);
  read_span(map, "timeout", kMinTimeout, out.timeout);
  read_span(map, "retry_interval", kMinInterval, out.retry_interval);
  read_confirm(map, out.confirm);
  if (map.faults().size() != before) return;
  const bool is_own = map.has("timeout") || map.has("interval");
  const bool is_said = map.has("timeout") || (defaults.has_timeout && is_own);
  if (out.timeout > out.interval && is_said)
    map.fault(map.has("timeout") ? "timeout" : "interval",
              "the timeout of " + render_duration(out.timeout) +
                  " is longer than the interval of " + render_duration(out.interval));
  out.timeout = std::min(out.timeout, out.interval);
  if (out.retry_interval > out.interval && map.has("retry_interval"))
    map.fault("retry_interval", "is longer than the interval of " + render_duration(out.interval));
  out.retry_interval = std::min(out.retry_interval, out.interval);
}

/// The node an option's fault is about: "columns.session" below the check, as deep as it is there.
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

class CheckReader {
 public:
  CheckReader(const Defaults& defaults, const DatabaseSection& databases, Kinds kinds,
              Faults& faults, CheckSection& out)
      : defaults_(defaults), databases_(databases), kinds_(kinds), faults_(faults), out_(out) {}

  void read(const YamlNode& node, const std::string& path) {
    if (node.type != YamlNode::Type::map) {
      faults_.add(node, path, "needs keys such as name and kind");
      return;
    }
    const std::size_t before = faults_.size();
    MapReader map(node, path, faults_);
    CheckConfig check;
    read_name(map, check);
    const std::optional<std::string> kind_name = map.text("kind", true);
    check.kind = kind_name.value_or("");
    const Kind* kind = kind_name ? kind_of(*kind_name) : nullptr;
    read_times(map, defaults_, check);
    const bool is_reserved = std::ranges::find(kReserved, check.kind) != kReserved.end();
    if (kind == nullptr) {
      if (kind_name && !is_reserved) render_unknown_kind(map, *kind_name);
      if (faults_.size() == before) note_reserved(check);
      return;  // Without its table nothing can be said of the other keys.
    }
    read_options(map, *kind, check);
    if (faults_.size() == before) try_make(map, *kind, check);
    if (faults_.size() == before) out_.checks.push_back(std::move(check));
  }

 private:
  void read_name(MapReader& map, CheckConfig& check) {
    const auto name = map.text("name", true);
    if (!name) return;
    check.name = *name;
    if (!is_name(*name))
      map.fault("name", "a check is named with a-z, 0-9, _ and - only, at most 64 of them");
    else if (std::ranges::find(out_.names, *name) != out_.names.end())
      map.fault("name", "another check is named " + *name + " already");
    else
      out_.names.push_back(*name);
  }

  const Kind* kind_of(const std::string& name) const {
    const auto found = std::ranges::find(kinds_, name, [](const Kind* kind) { return kind->name; });
    return found == kinds_.end() ? nullptr : *found;
  }

  void render_unknown_kind(MapReader& map, const std::string& name) {
    std::vector<std::string> known;
    for (const Kind* kind : kinds_) known.emplace_back(kind->name);
    const std::string list = suggest(name, known);
    known.insert(known.end(), kReserved.begin(), kReserved.end());
    const std::string near = nearest_word(name, known);
    const YamlNode& node = *map.node().find("kind");
    const std::string named = node.from_variable ? "of that name" : describe_value(node);
    map.fault("kind",
              "there is no kind " + named + (near.empty() ? list : "; did you mean " + near + "?"));
  }

  void note_reserved(const CheckConfig& check) {
    out_.notes.push_back("the check " + check.name + " is of kind " + check.kind +
                         ", which this version does not have yet: it is not run");
  }

  void read_options(MapReader& map, const Kind& kind, CheckConfig& check) {
    for (const OptionSpec& spec : kind.options) {
      const YamlNode* node = map.take(spec.name);
      std::optional<OptionValue> value;
      if (node != nullptr)
        value = read_option(*node, map.path_of(spec.name), spec, faults_);
      else if (spec.required)
        faults_.add(map.node(), map.path(), "needs " + std::string(spec.name));
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
    const auto found = databases_.databases.find(name);
    if (found != databases_.databases.end()) check.database = found->second;
    if (std::ranges::find(databases_.names, name) != databases_.names.end()) return;
    const std::string named = node.from_variable ? "of that name" : describe_value(node);
    faults_.add(
        node, path,
        "there is no database " + named + " in databases" + suggest(name, databases_.names));
  }

  void try_make(MapReader& map, const Kind& kind, const CheckConfig& check) {
    // A check whose database is at fault has been told of by then.
    const bool lacks_database = check.database.name.empty() && has_database_option(kind, check);
    if (kind.make == nullptr || lacks_database) return;
    std::vector<OptionFault> wrong;
    const std::unique_ptr<Check> made = kind.make(check, wrong);
    for (const OptionFault& fault : wrong) {
      const std::string path = fault.option.empty() ? map.path() : map.path() + "." + fault.option;
      faults_.add(node_of(map.node(), fault.option), path, fault.text);
    }
    if (made == nullptr && wrong.empty()) faults_.add(map.node(), map.path(), "cannot be made");
  }

  static bool has_database_option(const Kind& kind, const CheckConfig& check) {
    return std::ranges::any_of(kind.options, [&](const OptionSpec& spec) {
      return spec.type() == OptionType::database && check.options.has(spec.name);
    });
  }

  const Defaults& defaults_;
  const DatabaseSection& databases_;
  Kinds kinds_;
  Faults& faults_;
  CheckSection& out_;
};

}  // namespace

std::span<const std::string_view> reserved_kinds() { return kReserved; }

Defaults read_defaults(const YamlNode& node, Faults& faults) {
  Defaults out;
  MapReader map(node, "defaults", faults);
  const std::size_t before = faults.size();
  read_span(map, "interval", kMinInterval, out.interval);
  read_span(map, "timeout", kMinTimeout, out.timeout);
  read_span(map, "retry_interval", kMinInterval, out.retry_interval);
  read_confirm(map, out.confirm);
  out.has_timeout = map.has("timeout");
  map.finish("default");
  if (faults.size() == before && out.timeout > out.interval && out.has_timeout)
    map.fault("timeout", "the timeout of " + render_duration(out.timeout) +
                             " is longer than the interval of " + render_duration(out.interval));
  return out;
}

CheckSection read_checks(const YamlNode& node, const Defaults& defaults,
                         const DatabaseSection& databases, Kinds kinds, Faults& faults) {
  CheckSection out;
  if (node.type != YamlNode::Type::list || node.items.empty()) {
    faults.add(node, "checks", "needs a list of at least one check, each with name and kind");
    return out;
  }
  CheckReader reader(defaults, databases, kinds, faults, out);
  for (std::size_t i = 0; i < node.items.size(); ++i)
    reader.read(node.items[i], path_with("checks", i));
  return out;
}

}  // namespace holdfast
