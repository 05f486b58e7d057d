// SPDX-License-Identifier: Apache-2.0
// ${VAR} and ${VAR:-default} inside the values of a parsed tree, once and never again in what came
// out: a variable can add neither keys nor further variables. Pure but for the environment asked.
#pragma once

#include <string>
#include <vector>

#include "exporter/config/yaml.h"

namespace holdfast {

/// What all values of a file may grow to. One variable may hold 128 KiB, and a file can name it
/// 100,000 times.
inline constexpr std::size_t kMaxExpandedBytes = 4 * 1024 * 1024;

/// Expands every scalar of the tree in place. An unset variable without a default is a fault that
/// names it; `$${` stands for a plain `${`. A default serves also for an empty variable.
void expand_variables(YamlNode& root, const std::string& file, const Environment& environment,
                      std::vector<ConfigFault>& faults);

}  // namespace holdfast
