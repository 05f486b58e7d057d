// SPDX-License-Identifier: Apache-2.0
// `holdfast config check`: whether a file would be taken, and all that is wrong with it. One
// thread.
#pragma once

#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

/// 0, or kExitConfigFault. An empty `file` judges the start from the environment.
[[nodiscard]] int run_config_check(const std::string& file, const Environment& environment,
                                   Terminal& terminal);

}  // namespace holdfast
