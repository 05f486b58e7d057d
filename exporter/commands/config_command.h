// SPDX-License-Identifier: Apache-2.0
// `holdfast config check`: validates a configuration and prints all errors. One thread.
#pragma once

#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

/// 0, or kExitConfigError. An empty `file` validates the configuration from the environment.
[[nodiscard]] int run_config_check(const std::string& file, const Environment& environment,
                                   Terminal& terminal);

}  // namespace holdfast
