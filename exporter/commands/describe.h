// SPDX-License-Identifier: Apache-2.0
// The reference: kinds, options, findings, reasons and metrics, generated from the tables that the
// program uses itself. docs/reference.md is its Markdown form. Pure functions, any thread.
#pragma once

#include <span>
#include <string>

#include "checks/check.h"

namespace holdfast {

/// A summary for a terminal.
[[nodiscard]] std::string describe_text(std::span<const Kind* const> kinds);
/// The content of docs/reference.md.
[[nodiscard]] std::string describe_markdown(std::span<const Kind* const> kinds);
[[nodiscard]] std::string describe_json(std::span<const Kind* const> kinds);

/// How the type of an option is written: "duration", "one of text, json".
[[nodiscard]] std::string type_of(const OptionSpec& spec);
[[nodiscard]] std::string type_of(const MetricSpec& spec);

}  // namespace holdfast
