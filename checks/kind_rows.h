// SPDX-License-Identifier: Apache-2.0
// What the tables of a kind are written with: rows of options that need more than a name, target,
// help and default, rows of metrics, and the check itself.
#pragma once

#include <functional>

#include "checks/check.h"

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

[[nodiscard]] inline MetricSpec gauge(std::string_view name, std::string_view help,
                                      std::vector<std::string_view> labels = {},
                                      bool additive = false) {
  return {name, MetricType::gauge, help, std::move(labels), {}, additive};
}
[[nodiscard]] inline MetricSpec counter(std::string_view name, std::string_view help,
                                        std::vector<std::string_view> labels = {}) {
  return {name, MetricType::counter, help, std::move(labels)};
}

/// `buckets`: upper bounds, ascending, without +Inf.
[[nodiscard]] inline MetricSpec histogram(std::string_view name, std::string_view help,
                                          std::vector<std::string_view> labels = {},
                                          std::vector<double> buckets = {}) {
  return {name, MetricType::histogram, help, std::move(labels), std::move(buckets)};
}

/// A check whose runs call that function.
[[nodiscard]] std::unique_ptr<Check> make_check(std::function<Reading(Run&)> run);

}  // namespace holdfast
