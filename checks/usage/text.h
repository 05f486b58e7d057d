// SPDX-License-Identifier: Apache-2.0
// Small words for the sentences of this kind, and names from outside made fit to leave. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checks/usage/judge.h"

namespace holdfast::usage {

/// A run of so many digits may be a telephone number (law 4); a table's name may hold a date.
inline constexpr std::size_t kDigitsInName = 8;
inline constexpr std::size_t kDigitsInTable = 10;

/// `name` without control characters and numbers of that many digits, at most 100 bytes.
[[nodiscard]] std::string fit_to_leave(std::string_view name, std::size_t digits);

/// "ai-admin-api (user app, 10.0.0.5)"; an application without a name goes by its user.
[[nodiscard]] std::string who(const Sessions& sessions);
/// The first few of them: "a (…), b (…) and 3 others".
[[nodiscard]] std::string who_all(const std::vector<const Sessions*>& all);
/// "3 min", "less than a second".
[[nodiscard]] std::string span_text(double span);

inline std::string rows_text(double rows) { return render_count(rows, "row"); }

}  // namespace holdfast::usage
