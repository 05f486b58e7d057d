// SPDX-License-Identifier: Apache-2.0
// Rows of an option table for the types that need more than a name, target, help and default.
#pragma once

#include "checks/options.h"

namespace holdfast {

[[nodiscard]] inline OptionSpec required_database(OptionTarget target, std::string_view help) {
  return {"database", std::move(target), help, {}, true};
}

/// `choices`: "postgres|pgbouncer|http".
[[nodiscard]] inline OptionSpec choice(std::string_view name, OptionTarget target,
                                       std::string_view choices, std::string_view help,
                                       std::string_view fallback) {
  return {name, std::move(target), help, fallback, false, choices};
}

/// `limits`: the limited metric, without the prefix; empty: none.
[[nodiscard]] inline OptionSpec upper_limit(std::string_view name, OptionTarget target, Unit unit,
                                            std::string_view help, std::string_view fallback = {},
                                            std::string_view limits = {}) {
  return {name, std::move(target), help, fallback, false, {}, unit, Limit::Side::upper, limits};
}

}  // namespace holdfast
