// SPDX-License-Identifier: Apache-2.0
// Findings as JSON for the history file, and back. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

[[nodiscard]] std::string render_findings(std::span<const Finding> findings);
/// Findings that cannot be parsed are left out.
[[nodiscard]] std::vector<Finding> parse_findings(const std::string& text);

}  // namespace holdfast
