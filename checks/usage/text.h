// SPDX-License-Identifier: Apache-2.0
// Phrases for the findings of this kind, and names from outside made safe to show. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checks/usage/judge.h"

namespace holdfast::usage {

/// A run of this many digits may be a telephone number; a table's name may contain a date.
inline constexpr std::size_t kDigitsInName = 8;
inline constexpr std::size_t kDigitsInTable = 10;

/// `name` without control characters and numbers of that many digits, at most 100 bytes.
[[nodiscard]] std::string safe_name(std::string_view name, std::size_t digits);

/// "ai-admin-api (user app, 10.0.0.5)".
[[nodiscard]] std::string who(const Sessions& sessions);
/// The first four: "a (…), b (…) and 3 others".
[[nodiscard]] std::string who_all(const std::vector<const Sessions*>& all);
/// The sentence about sessions whose origin is hidden from Holdfast's role.
[[nodiscard]] std::string hidden_text(const std::vector<const Sessions*>& hidden);
/// "3 min", "less than a second".
[[nodiscard]] std::string span_text(double span);

inline std::string rows_text(double rows) { return render_count(rows, "row"); }

}  // namespace holdfast::usage
