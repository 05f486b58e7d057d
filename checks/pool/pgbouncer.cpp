// SPDX-License-Identifier: Apache-2.0
// Source `pgbouncer`: the admin console of PgBouncer 1.12 to 1.26. Columns are read by name, since
// their set and order differ between versions.
#include <algorithm>
#include <chrono>
#include <map>

#include "checks/pool/sources.h"

namespace holdfast::pool {
namespace {

constexpr double kMicrosecond = 1e-6;
constexpr std::string_view kConsole = "pgbouncer";  // The console itself is listed as a database.

/// The number in the row of that name in a list of (name, value) rows.
std::optional<double> item(const PgRows& rows, std::string_view name_column,
                           std::string_view value_column, std::string_view name) {
  for (std::size_t row = 0; row < rows.size(); ++row)
    if (rows.text(row, name_column) == name) return rows.number(row, value_column);
  return std::nullopt;
}

/// In PgBouncer's settings 0 means no limit.
std::optional<double> limit_of(std::optional<double> value) {
  return value && *value > 0 ? value : std::nullopt;
}

/// The configured pool size of each database.
struct Sizes {
  std::optional<double> default_size;
  std::map<std::string, std::optional<double>> by_database;

  [[nodiscard]] std::optional<double> of(const std::string& database) const {
    const auto found = by_database.find(database);
    return found == by_database.end() ? default_size : found->second;
  }
};

Sizes sizes_of(const PgBouncerReplies& replies) {
  const PgRows& rows = replies.databases;
  Sizes sizes;
  sizes.default_size = limit_of(item(replies.config, "key", "value", "default_pool_size"));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto name = rows.text(row, "name");
    if (!name) continue;
    auto size =
        rows.has("pool_size") ? limit_of(rows.number(row, "pool_size")) : sizes.default_size;
    const std::string_view reserve =
        rows.has("reserve_pool_size") ? "reserve_pool_size" : "reserve_pool";
    if (size) *size += limit_of(rows.number(row, reserve)).value_or(0);
    const auto most = limit_of(rows.number(row, "max_connections"));
    if (most && (!size || *most < *size)) size = most;
    sizes.by_database[*name] = size;
  }
  return sizes;
}

Result<Pool> parse_pool(const PgRows& rows, std::size_t row) {
  Pool pool{.idle = 0};
  for (const auto& [column, member] :
       {std::pair("cl_waiting", &Pool::waiting), std::pair("sv_active", &Pool::in_use),
        std::pair("maxwait", &Pool::max_wait)}) {
    const auto count = rows.count(row, column, "PgBouncer's SHOW POOLS");
    if (!count) return count.error();
    pool.*member = *count;
  }
  // Columns that not every version has.
  const auto more = [&](std::string_view column) {
    return std::max(0.0, rows.number(row, column).value_or(0));
  };
  // A connection that is being cancelled or reset is not available to other clients.
  for (const auto* column : {"sv_active_cancel", "sv_being_canceled", "sv_tested", "sv_login"})
    *pool.in_use += more(column);
  for (const auto* column : {"sv_idle", "sv_used"}) *pool.idle += more(column);
  pool.occupied = pool.in_use;
  // Whole seconds plus, since 1.8, the remaining microseconds.
  *pool.max_wait += more("maxwait_us") * kMicrosecond;
  return pool;
}

Result<std::vector<Pool>> parse_pools(const PgRows& rows, const Sizes& sizes) {
  std::map<std::string, Pool> pools;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto database = rows.text(row, "database");
    const auto user = rows.text(row, "user");
    if (!database || !user)
      return Error{Reason::garbage, "query",
                   "PgBouncer's SHOW POOLS has a row without database or user"};
    if (*database == kConsole) continue;
    auto pool = parse_pool(rows, row);
    if (!pool) return std::move(pool).error();
    pool->name = *database + "/" + *user;
    pool->max = sizes.of(*database);
    const auto [known, is_new] = pools.try_emplace(pool->name, *pool);
    if (is_new) continue;
    for (const auto member : {&Pool::in_use, &Pool::idle, &Pool::occupied, &Pool::waiting})
      *(known->second.*member) += *((*pool).*member);
    known->second.max_wait = std::max(known->second.max_wait, pool->max_wait);
  }
  std::vector<Pool> out;
  out.reserve(pools.size());
  for (auto& [name, pool] : pools) out.push_back(std::move(pool));
  return out;
}

void add_states(Facts& facts, const PgRows& databases) {
  for (std::size_t row = 0; row < databases.size(); ++row) {
    const auto name = databases.text(row, "name");
    if (!name || *name == kConsole) continue;
    if (databases.number(row, "paused").value_or(0) > 0) facts.paused.push_back(*name);
    if (databases.number(row, "disabled").value_or(0) > 0) facts.disabled.push_back(*name);
  }
}

}  // namespace

Result<Facts> parse_pgbouncer(const PgBouncerReplies& replies) {
  auto pools = parse_pools(replies.pools, sizes_of(replies));
  if (!pools) return std::move(pools).error();
  Facts facts;
  facts.pools = std::move(pools).value();
  add_states(facts, replies.databases);
  facts.clients = item(replies.lists, "list", "items", "used_clients");
  facts.max_clients = limit_of(item(replies.config, "key", "value", "max_client_conn"));
  for (std::size_t row = 0; row < replies.stats.size(); ++row) {
    const auto database = replies.stats.text(row, "database");
    const auto waited = replies.stats.number(row, "total_wait_time");
    if (database && *database != kConsole && waited && *waited >= 0)
      facts.waited.emplace_back(*database, *waited * kMicrosecond);
  }
  return facts;
}

Result<Facts> fetch_pgbouncer(const Database& database, Run& run) {
  auto lease = run.databases.lease(database, run.deadline, PgDialect::console);
  if (!lease) return std::move(lease).error();
  PgBouncerReplies replies;
  for (const auto& [sql, rows] :
       {std::pair("SHOW POOLS", &replies.pools), std::pair("SHOW DATABASES", &replies.databases),
        std::pair("SHOW CONFIG", &replies.config), std::pair("SHOW LISTS", &replies.lists),
        std::pair("SHOW STATS", &replies.stats)}) {
    auto answer = query_traced(**lease, sql, sql, run.deadline, run.trace);
    if (!answer) return std::move(answer).error();
    *rows = std::move(answer).value();
  }
  return parse_pgbouncer(replies);
}

}  // namespace holdfast::pool
