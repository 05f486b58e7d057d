// SPDX-License-Identifier: Apache-2.0
// Loads the configuration and selects the checks of a command; prints errors. One thread.
#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "exporter/config/config.h"

namespace holdfast {

/// Where a command writes; tests pass string streams.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool colours = false;
};

/// The configuration file when no flag names another.
inline constexpr const char* kDefaultConfigFile = "/etc/holdfast/holdfast.yaml";

/// `named` if it is not empty, else the default file if there is one, else empty: from the
/// environment.
[[nodiscard]] std::string config_file_to_use(const std::string& named);

/// The configuration of the file, or of the environment where `file` is empty.
[[nodiscard]] ConfigOutcome read_any_config(const std::string& file,
                                            const Environment& environment);

/// The same; nothing after printing every error on `terminal.err`.
[[nodiscard]] std::optional<Config> load_config(const std::string& file,
                                                const Environment& environment, Terminal& terminal);

/// The checks of these names, in the order of the configuration; all when there are no names.
/// Nothing, and an error message with the nearest name, when one does not exist.
[[nodiscard]] std::optional<std::vector<CheckConfig>> choose_checks(
    const Config& config, const std::vector<std::string>& names, Terminal& terminal);

/// One sentence for each password of a database, URL or token of a report or of the heartbeat that
/// cannot be read here.
[[nodiscard]] std::vector<std::string> unreadable_secrets(const Config& config);

}  // namespace holdfast
