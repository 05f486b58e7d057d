// SPDX-License-Identifier: Apache-2.0
// The reference: kinds, options, findings, reasons and metrics, generated from the tables that the
// program uses itself. docs/reference.md is its Markdown form. Pure functions, any thread.
#pragma once

#include <span>
#include <string>

#include "exporter/commands/load.h"

namespace holdfast {

/// A summary for a terminal.
[[nodiscard]] std::string describe_text(std::span<const Kind* const> kinds);
/// The content of docs/reference.md.
[[nodiscard]] std::string describe_markdown(std::span<const Kind* const> kinds);
[[nodiscard]] std::string describe_json(std::span<const Kind* const> kinds);

/// `holdfast describe`: prints the kinds of these names, or the whole reference when there are
/// none, as text, markdown or json. 0, or kExitMisuse after an error with the nearest name.
[[nodiscard]] int run_describe(const std::vector<std::string>& names, const std::string& format,
                               Terminal& terminal);

/// How the type of an option is written: "duration", "one of text, json".
[[nodiscard]] std::string type_of(const OptionSpec& spec);
[[nodiscard]] std::string type_of(const MetricSpec& spec);

}  // namespace holdfast
