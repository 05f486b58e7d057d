// SPDX-License-Identifier: Apache-2.0
// What kinds use of sessions, without libpq: cells of a result, traced queries, reasons.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>

#include "checks/support/pg/session.h"

namespace holdfast {

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

Result<PgRows> query_traced(PgSession& session, std::string_view sql, std::string_view what,
                            const Deadline& deadline, Trace& trace) {
  const auto begin = std::chrono::steady_clock::now();
  auto rows = session.query(sql, deadline);
  const auto took = std::chrono::steady_clock::now() - begin;
  trace.add("query", took,
            std::string(what) + ": " +
                (rows ? render_count(static_cast<double>(rows->size()), "row")
                      : "it " + std::string(sentence_of(rows.error().reason))));
  return rows;
}

std::vector<Reason> session_reasons(const std::vector<Reason>& more) {
  using enum Reason;
  std::vector<Reason> reasons{name_not_found,   name_server_silent,
                              refused,          unreachable,
                              timed_out,        closed,
                              no_tls,           unknown_authority,
                              wrong_host,       expired,
                              not_yet_valid,    tls_failed,
                              login_refused,    no_such_database,
                              too_many_clients, starting_up,
                              shutting_down,    cancelled,
                              query_failed,     missing,
                              garbage,          too_large,
                              no_right,         no_secret,
                              no_slot,          own_limit,
                              stopped,          internal};
  reasons.insert(reasons.end(), more.begin(), more.end());
  return reasons;
}

}  // namespace holdfast
