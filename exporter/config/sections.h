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

/// The section `defaults`, over the built-in defaults of CheckConfig.
struct Defaults {
  CheckConfig check;
  bool has_timeout = false;  ///< Set in the file: then a shorter interval is a contradiction.
  bool has_errors = false;
};
[[nodiscard]] Defaults read_defaults(const YamlNode& node, ConfigErrors& errors);

/// The section `databases` by name, with nothing for an invalid one. No value of it is ever quoted
/// in an error.
using DatabaseSection = std::map<std::string, std::optional<Database>>;
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

/// A secret in the file that KEY names. A relative path is a systemd credential where there is one
/// of that name, else relative to the config file, as in Prometheus.
[[nodiscard]] Secret read_secret_file(MapReader& map, const std::string& key,
                                      const Environment& environment, bool is_required = false);
/// A secret from `KEY` or `KEY_file`; an error when both are set.
[[nodiscard]] Secret read_secret(MapReader& map, const std::string& key,
                                 const Environment& environment);
/// `url` or `url_file`, one of which is required; a URL in the config itself must be valid.
[[nodiscard]] Secret read_url(MapReader& map, const Environment& environment);
/// Reports a value of that key that is not a valid URL; it is not quoted, as it may hold a token.
void check_url(MapReader& map, std::string_view key);

/// One option of a kind by its row of the table; nothing and an error when the value is invalid.
/// The fallbacks of the table are read by the same code.
[[nodiscard]] std::optional<OptionValue> read_option(const YamlNode& node, const std::string& path,
                                                     const OptionSpec& spec, ConfigErrors& errors);
/// The fallback of a row of the table, if it has one; std::logic_error when it is invalid.
[[nodiscard]] std::optional<OptionValue> fallback_of(const OptionSpec& spec);

}  // namespace holdfast
