// SPDX-License-Identifier: Apache-2.0
#include "checks/support/pg/rows.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace holdfast {

Result<PgRows> rows_of(const PGresult* result) {
  const int height = PQntuples(result);
  const int width = PQnfields(result);
  if (static_cast<std::size_t>(height) > kMaxPgRows)
    return Error{Reason::too_large, "query", "", ""};
  PgRows rows;
  for (int column = 0; column < width; ++column) rows.columns.emplace_back(PQfname(result, column));
  rows.rows.reserve(static_cast<std::size_t>(height));
  for (int row = 0; row < height; ++row) {
    auto& cells = rows.rows.emplace_back();
    cells.reserve(static_cast<std::size_t>(width));
    for (int column = 0; column < width; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        cells.emplace_back(std::nullopt);
      } else {
        cells.emplace_back(std::string(PQgetvalue(result, row, column),
                                       static_cast<std::size_t>(PQgetlength(result, row, column))));
      }
    }
  }
  return rows;
}

bool PgRows::has(std::string_view column) const {
  return std::ranges::find(columns, column) != columns.end();
}

std::optional<std::string> PgRows::text(std::size_t row, std::string_view column) const {
  const auto found = std::ranges::find(columns, column);
  if (found == columns.end() || row >= rows.size()) return std::nullopt;
  const auto at = static_cast<std::size_t>(found - columns.begin());
  return at < rows[row].size() ? rows[row][at] : std::nullopt;
}

std::optional<double> PgRows::number(std::size_t row, std::string_view column) const {
  const auto cell = text(row, column);
  if (!cell) return std::nullopt;
  double value = 0;
  const char* end = cell->data() + cell->size();
  const auto [stopped, error] = std::from_chars(cell->data(), end, value);
  if (error != std::errc{} || stopped != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

Result<double> PgRows::count(std::size_t row, std::string_view column,
                             std::string_view source) const {
  const auto value = number(row, column);
  if (value && *value >= 0) return *value;
  return Error{Reason::garbage, "query",
               std::string(source) + (value ? " has a negative count in " : " has no number in ") +
                   std::string(column),
               ""};
}

bool PgRows::is_true(std::size_t row, std::string_view column) const {
  const auto cell = text(row, column);
  return cell == "t" || cell == "true";
}

}  // namespace holdfast
