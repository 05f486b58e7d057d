// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "checks/base/local_time.h"
#include "checks/support/text/columns.h"
#include "exporter/config/expand.h"
#include "exporter/config/sections.h"

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
    map.error("timezone", "is not a time zone known to this system, such as Europe/Moscow or UTC");
}

void read_history(MapReader& map, Config& out) {
  const YamlNode* node = map.take("history");
  if (node == nullptr) return;
  MapReader history(*node, "history", map.errors());
  if (const auto path = history.text("path")) {
    out.history_path = *path;
    if (!path->starts_with('/')) history.error("path", "must be an absolute path");
  }
  if (const auto keep = history.value("keep", parse_duration)) {
    out.history_keep = *keep;
    if (*keep < std::chrono::hours(24)) history.error("keep", "must be at least 1 day");
  }
  history.finish();
}

void note_windows(Config& config) {
  if (!config.windows.empty() && config.history_path.empty())
    config.notes.push_back(
        "without history.path, windows are kept in memory only and start again at a restart");
  for (const WindowConfig& window : config.windows)
    if (window.go_when.ratio || !window.go_when.ratio_of.empty())
      config.notes.push_back("window " + window.name +
                             " has the criterion ratios, which no check of this version measures: "
                             "it will be inconclusive");
}

Config read_tree(const YamlNode& root, const Environment& environment, Kinds kinds,
                 ConfigErrors& errors) {
  Config out;
  MapReader map(root, "", errors);
  if (root.type != YamlNode::Type::map) {
    if (root.type == YamlNode::Type::null) errors.add(0, 0, "", "the file is empty");
    return out;
  }
  read_timezone(map, out);
  const Defaults defaults = read_defaults(part(map, "defaults"), errors);
  read_history(map, out);
  if (const YamlNode* heartbeat = map.take("heartbeat"))
    out.heartbeat = read_heartbeat(*heartbeat, environment, errors);
  const DatabaseSection databases = read_databases(part(map, "databases"), environment, errors);
  if (const YamlNode* checks = map.take("checks")) {
    CheckSection section = read_checks(*checks, defaults, databases, kinds, errors);
    if (const YamlNode* windows = map.take("windows"))
      out.windows = read_windows(*windows, section.names, errors);
    if (const YamlNode* reports = map.take("reports"))
      out.reports = read_reports(*reports, out.windows, environment, errors);
    out.checks = std::move(section.checks);
  } else {
    map.allow("windows");
    map.allow("reports");
    errors.add(0, 0, "", "the file defines no checks");
  }
  map.finish("section");
  for (const auto& [name, database] : databases)
    if (database) out.databases.emplace(name, *database);
  for (CheckConfig& check : out.checks) check.timezone = out.timezone;
  note_windows(out);
  return out;
}

ConfigOutcome file_error(const std::string& file, std::string text) {
  return {std::nullopt, {ConfigError{file, 0, 0, "", std::move(text)}}};
}

}  // namespace

std::string render_config_error(const ConfigError& error) {
  std::string out = printable(error.file, 4096);
  if (error.line > 0) out += ":" + std::to_string(error.line);
  if (error.line > 0 && error.column > 0) out += ":" + std::to_string(error.column);
  if (!error.path.empty()) out += ": " + error.path;
  return out + ": " + error.text;
}

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

ConfigOutcome parse_config(const std::string& text, const std::string& file,
                           const Environment& environment, Kinds kinds) {
  YamlOutcome yaml = parse_yaml(text, file);
  ConfigErrors errors(file);
  errors.append(std::move(yaml.errors));
  if (!yaml.root) return {std::nullopt, errors.take()};
  expand_variables(*yaml.root, environment, errors);
  Config config = read_tree(*yaml.root, environment, kinds, errors);
  config.file = file;
  if (errors.size() == 0) return {std::move(config), {}};
  return {std::nullopt, errors.take()};
}

ConfigOutcome read_config(const std::string& path, const Environment& environment) {
  // O_NONBLOCK: opening a named pipe must not block the start.
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) {
    const int why = errno;
    return file_error(path, why == ENOENT   ? "no such file"
                            : why == EACCES ? "permission denied"
                                            : "cannot open this file");
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
  if (!is_file) return file_error(path, "not a regular file");
  if (got < 0) return file_error(path, "cannot read this file");
  text.resize(have);
  return parse_config(text, path, environment);
}

}  // namespace holdfast
