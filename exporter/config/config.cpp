// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "checks/base/local_time.h"
#include "exporter/config/expand.h"
#include "exporter/config/sections.h"
#include "exporter/text.h"

namespace holdfast {
namespace {

const YamlNode& part(MapReader& map, std::string_view key) {
  static const YamlNode kNothing{};
  const YamlNode* found = map.take(key);
  return found != nullptr ? *found : kNothing;
}

void read_timezone(MapReader& map, Config& out) {
  const auto zone = map.text("timezone");
  if (!zone) return;
  out.timezone = *zone;
  const bool is_safe = zone->size() <= 64 && zone->find("..") == std::string::npos &&
                       !zone->starts_with('/') && std::ranges::all_of(*zone, [](char c) {
                         return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
                                c == '/' || c == '+' || c == '-';
                       });
  if (!is_safe || !is_time_zone(*zone))
    map.fault("timezone", "is not a time zone of this machine, such as Europe/Moscow or UTC");
}

void read_history(MapReader& map, Config& out) {
  const YamlNode* node = map.take("history");
  if (node == nullptr) return;
  MapReader history(*node, "history", map.faults());
  if (const auto path = history.text("path")) {
    out.history_path = *path;
    if (!path->starts_with('/')) history.fault("path", "must be an absolute path");
  }
  if (const auto keep = history.value("keep", parse_duration)) {
    out.history_keep = *keep;
    if (*keep < std::chrono::hours(24)) history.fault("keep", "must be at least 1 day");
  }
  history.finish("key of history");
}

void note_windows(Config& config) {
  if (!config.windows.empty() && config.history_path.empty())
    config.notes.push_back(
        "windows are judged from memory alone: without history.path a restart begins anew");
  for (const WindowConfig& window : config.windows)
    if (window.go_when.ratio || !window.go_when.ratio_of.empty())
      config.notes.push_back("the window " + window.name +
                             " asks for ratios, which no check of this version measures: it will "
                             "be inconclusive");
}

Config read_tree(const YamlNode& root, const Environment& environment, Kinds kinds,
                 Faults& faults) {
  Config out;
  MapReader map(root, "", faults);
  if (root.type != YamlNode::Type::map) {
    if (root.type == YamlNode::Type::null) faults.add(0, 0, "", "the file is empty");
    return out;
  }
  read_timezone(map, out);
  const Defaults defaults = read_defaults(part(map, "defaults"), faults);
  read_history(map, out);
  if (const YamlNode* heartbeat = map.take("heartbeat"))
    out.heartbeat = read_heartbeat(*heartbeat, environment, faults);
  DatabaseSection databases = read_databases(part(map, "databases"), environment, faults);
  if (const YamlNode* checks = map.take("checks")) {
    CheckSection section = read_checks(*checks, defaults, databases, kinds, faults);
    if (const YamlNode* windows = map.take("windows"))
      out.windows = read_windows(*windows, section.names, faults);
    if (const YamlNode* reports = map.take("reports"))
      out.reports = read_reports(*reports, out.windows, environment, faults);
    out.checks = std::move(section.checks);
    out.notes = std::move(section.notes);
  } else {
    map.allow("windows");
    map.allow("reports");
    faults.add(0, 0, "", "there is nothing to watch: the file has no checks");
  }
  map.finish("section");
  out.databases = std::move(databases.databases);
  for (CheckConfig& check : out.checks) check.timezone = out.timezone;
  note_windows(out);
  return out;
}

ConfigOutcome fault_of_file(const std::string& file, std::string text) {
  return {std::nullopt, {ConfigFault{file, 0, 0, "", std::move(text)}}};
}

}  // namespace

std::string render_fault(const ConfigFault& fault) {
  std::string out = printable(fault.file, 4096);
  if (fault.line > 0) out += ":" + std::to_string(fault.line);
  if (fault.line > 0 && fault.column > 0) out += ":" + std::to_string(fault.column);
  if (!fault.path.empty()) out += ": " + fault.path;
  return out + ": " + fault.text;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

ConfigOutcome parse_config_with(const std::string& text, const std::string& file,
                                const Environment& environment, Kinds kinds) {
  YamlOutcome yaml = parse_yaml(text, file);
  Faults faults(file);
  faults.append(std::move(yaml.faults));
  if (!yaml.root) return {std::nullopt, faults.take()};
  std::vector<ConfigFault> unset;
  expand_variables(*yaml.root, file, environment, unset);
  faults.append(std::move(unset));
  Config config = read_tree(*yaml.root, environment, kinds, faults);
  config.file = file;
  if (faults.size() == 0) return {std::move(config), {}};
  return {std::nullopt, faults.take()};
}

ConfigOutcome parse_config(const std::string& text, const std::string& file,
                           const Environment& environment) {
  return parse_config_with(text, file, environment, all_kinds());
}

ConfigOutcome read_config(const std::string& path, const Environment& environment) {
  // O_NONBLOCK: a named pipe in this place must not hold the start.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    const int why = errno;
    return fault_of_file(path, why == ENOENT   ? "there is no such file"
                               : why == EACCES ? "we have no right to read this file"
                                               : "this file cannot be opened");
  }
  struct stat facts {};
  const bool is_file = ::fstat(file, &facts) == 0 && S_ISREG(facts.st_mode);
  std::string text(is_file ? kMaxConfigBytes + 1 : 0, '\0');
  std::size_t have = 0;
  ssize_t got = 0;
  while (is_file && have < text.size()) {
    got = ::read(file, text.data() + have, text.size() - have);
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  ::close(file);
  if (!is_file) return fault_of_file(path, "this is not a regular file");
  if (got < 0) return fault_of_file(path, "this file cannot be read");
  text.resize(have);
  return parse_config(text, path, environment);
}

}  // namespace holdfast
