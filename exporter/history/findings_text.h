// SPDX-License-Identifier: Apache-2.0
// Findings as one text for the history file, and back. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "checks/check.h"

namespace holdfast {

[[nodiscard]] std::string render_findings(std::span<const Finding> findings);
/// What cannot be read is left out: the incident stands without its sentences.
[[nodiscard]] std::vector<Finding> parse_findings(const std::string& text);

}  // namespace holdfast
