// SPDX-License-Identifier: Apache-2.0
// The catalogue: kinds, options, findings, reasons and metrics, straight from the tables the
// program runs by. docs/reference.md is its Markdown form. Pure functions, any thread.
#pragma once

#include <span>
#include <string>

#include "checks/check.h"

namespace holdfast {

/// A page for a terminal.
[[nodiscard]] std::string describe_text(std::span<const Kind* const> kinds);
/// docs/reference.md, word for word.
[[nodiscard]] std::string describe_markdown(std::span<const Kind* const> kinds);
[[nodiscard]] std::string describe_json(std::span<const Kind* const> kinds);

/// How the type of an option is written: "duration", "postgres, pgbouncer or http".
[[nodiscard]] std::string type_of(const OptionSpec& spec);
[[nodiscard]] std::string type_of(const MetricSpec& spec);

}  // namespace holdfast
