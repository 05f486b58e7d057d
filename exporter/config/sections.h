// SPDX-License-Identifier: Apache-2.0
// The sections of a config file, each read from its part of the tree into its part of Config. Every
// reader reports its errors and goes on. Used by one thread.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "exporter/config/map_reader.h"

namespace holdfast {

/// The kinds a config may name. A parameter, so that tests bring their own.
using Kinds = std::span<const Kind* const>;

/// The section `defaults`, over the built-in defaults of CheckConfig.
struct Defaults {
  CheckConfig check;
  bool has_timeout = false;  ///< Set in the file: then a shorter interval is a contradiction.
};
[[nodiscard]] Defaults read_defaults(const YamlNode& node, ConfigErrors& errors);

/// The section `databases`. No value of it is ever quoted in an error.
struct DatabaseSection {
  std::map<std::string, Database> databases;  ///< Valid ones.
  std::vector<std::string> names;             ///< All in the file.
};
[[nodiscard]] DatabaseSection read_databases(const YamlNode& node, const Environment& environment,
                                             ConfigErrors& errors);

/// The section `checks`.
struct CheckSection {
  std::vector<CheckConfig> checks;
  std::vector<std::string> names;  ///< All in the file, invalid ones too.
};
[[nodiscard]] CheckSection read_checks(const YamlNode& node, const Defaults& defaults,
                                       const DatabaseSection& databases, Kinds kinds,
                                       ConfigErrors& errors);

/// The section `windows`; `checks` are the names a window may choose from.
[[nodiscard]] std::vector<WindowConfig> read_windows(const YamlNode& node,
                                                     const std::vector<std::string>& checks,
                                                     ConfigErrors& errors);

/// The section `reports`; `windows` are the names a report may choose from. URLs are never quoted.
[[nodiscard]] std::vector<ReportConfig> read_reports(const YamlNode& node,
                                                     const std::vector<WindowConfig>& windows,
                                                     const Environment& environment,
                                                     ConfigErrors& errors);

/// The section `heartbeat`. Its URL is never quoted.
[[nodiscard]] HeartbeatConfig read_heartbeat(const YamlNode& node, const Environment& environment,
                                             ConfigErrors& errors);

/// The file a path names: a relative one is a systemd credential where there is one of that name,
/// else relative to the config file, as in Prometheus.
[[nodiscard]] std::string resolve_path(const std::string& path, const std::string& file,
                                       const Environment& environment);

/// One option of a kind by its row of the table; nothing and an error when the value is invalid.
/// The fallbacks of the table are read by the same code.
[[nodiscard]] std::optional<OptionValue> read_option(const YamlNode& node, const std::string& path,
                                                     const OptionSpec& spec, ConfigErrors& errors);
/// The fallback of a row of the table, if it has one; std::logic_error when it is invalid.
[[nodiscard]] std::optional<OptionValue> fallback_of(const OptionSpec& spec);

/// parse_config and config_from_environment with kinds of the caller's choice.
[[nodiscard]] ConfigOutcome parse_config_with(const std::string& text, const std::string& file,
                                              const Environment& environment, Kinds kinds);
[[nodiscard]] ConfigOutcome config_from_environment_with(const Environment& environment,
                                                         Kinds kinds);

}  // namespace holdfast
