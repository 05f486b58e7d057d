// SPDX-License-Identifier: Apache-2.0
// The sections of a config file, each read from its part of the tree into its part of Config. Every
// reader tells its faults and goes on. One thread; the tree and the faults outlive the calls.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "exporter/config/map_reader.h"

namespace holdfast {

/// The kinds a config may name. A parameter, so that tests bring their own.
using Kinds = std::span<const Kind* const>;

/// Kinds of the design which this version knows by name only: a check of theirs is validated as
/// far as its common keys go, is not run, and may stand in windows.
[[nodiscard]] std::span<const std::string_view> reserved_kinds();

/// The section `defaults`, and what stands where it says nothing.
struct Defaults {
  Duration interval = std::chrono::seconds(15);
  Duration timeout = std::chrono::seconds(5);
  Duration retry_interval = std::chrono::seconds(5);
  int confirm = 3;
  bool has_timeout = false;  ///< Said in the file: then a shorter interval is a contradiction.
};
[[nodiscard]] Defaults read_defaults(const YamlNode& node, Faults& faults);

/// The section `databases`. No value of it is ever quoted in a fault.
struct DatabaseSection {
  std::map<std::string, Database> databases;  ///< Sound ones.
  std::vector<std::string> names;             ///< All that stand in the file.
};
[[nodiscard]] DatabaseSection read_databases(const YamlNode& node, const Environment& environment,
                                             Faults& faults);

/// The section `checks`.
struct CheckSection {
  std::vector<CheckConfig> checks;
  std::vector<std::string> names;  ///< All that stand in the file, faulty and reserved ones too.
  std::vector<std::string> notes;  ///< Of checks of reserved kinds.
};
[[nodiscard]] CheckSection read_checks(const YamlNode& node, const Defaults& defaults,
                                       const DatabaseSection& databases, Kinds kinds,
                                       Faults& faults);

/// The section `windows`; `checks` are the names a window may choose from.
[[nodiscard]] std::vector<WindowConfig> read_windows(const YamlNode& node,
                                                     const std::vector<std::string>& checks,
                                                     Faults& faults);

/// The section `reports`; `windows` are the names a report may choose from. URLs are never quoted.
[[nodiscard]] std::vector<ReportConfig> read_reports(const YamlNode& node,
                                                     const std::vector<WindowConfig>& windows,
                                                     const Environment& environment,
                                                     Faults& faults);

/// The section `heartbeat`. Its URL is never quoted.
[[nodiscard]] HeartbeatConfig read_heartbeat(const YamlNode& node, const Environment& environment,
                                             Faults& faults);

/// A relative path is one of systemd's credentials where there are any, else it lies beside the
/// config file, as in Prometheus.
[[nodiscard]] std::string resolve_path(const std::string& path, const std::string& file,
                                       const Environment& environment);

/// One option of a kind by its row of the table; the same reader serves the file and the
/// fallbacks of the table. Nothing and a fault when the value does not fit.
[[nodiscard]] std::optional<OptionValue> read_option(const YamlNode& node, const std::string& path,
                                                     const OptionSpec& spec, Faults& faults);
/// The fallback of a row of the table; std::logic_error when the table itself is wrong.
[[nodiscard]] std::optional<OptionValue> fallback_of(const OptionSpec& spec);

/// The whole of a config with kinds of the caller's choice; parse_config uses all_kinds().
[[nodiscard]] ConfigOutcome parse_config_with(const std::string& text, const std::string& file,
                                              const Environment& environment, Kinds kinds);
/// The same for a start with no file.
[[nodiscard]] ConfigOutcome config_from_environment_with(const Environment& environment,
                                                         Kinds kinds);

}  // namespace holdfast
