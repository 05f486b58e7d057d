// SPDX-License-Identifier: Apache-2.0
// ${VAR} and ${VAR:-default} inside the values of a parsed tree. The result is not expanded again:
// a variable can add neither keys nor further variables.
#pragma once

#include "exporter/config/map_reader.h"

namespace holdfast {

/// The most bytes of all expanded values. One variable may have 128 KiB, and a file can name it
/// 100,000 times.
inline constexpr std::size_t kMaxExpandedBytes = 4 * 1024 * 1024;

/// Expands every scalar of the tree in place. An unset variable without a default is an error that
/// names it; `$${` is a literal `${`. The default is also used for an empty variable.
void expand_variables(YamlNode& root, const Environment& environment, ConfigErrors& errors);

}  // namespace holdfast
