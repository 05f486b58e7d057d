// SPDX-License-Identifier: Apache-2.0
// Source `postgres`: the sessions open at the server, compared with its limits.
#include <algorithm>
#include <map>

#include "checks/pool/sources.h"

namespace holdfast::pool {
namespace {

// Client sessions only, without Holdfast's. Where the state is hidden, so is backend_type.
constexpr std::string_view kSessions = R"(
SELECT coalesce(application_name, '') AS application, coalesce(usename, '') AS "user",
       coalesce(datname, '') AS database,
       CASE WHEN state IS NULL OR state = 'disabled' THEN 'unknown' ELSE state END AS state,
       count(*) AS sessions,
       extract(epoch FROM max(clock_timestamp() - state_change)
         FILTER (WHERE state LIKE 'idle in transaction%')) AS in_state
FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND application_name IS DISTINCT FROM 'holdfast'
  AND (backend_type = 'client backend' OR (backend_type IS NULL AND datname IS NOT NULL))
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 5000)";

// A limit below 0 means no limit.
constexpr std::string_view kLimits = R"(
SELECT 'setting' AS what, name::text AS name, setting AS value FROM pg_settings
WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections')
UNION ALL
SELECT 'database', datname::text, datconnlimit::text FROM pg_database
WHERE datname = current_database()
UNION ALL
(SELECT 'role', rolname::text, rolconnlimit::text FROM pg_roles
 WHERE rolconnlimit >= 0 AND NOT rolsuper ORDER BY 2 LIMIT 200))";

struct Limits {
  std::optional<double> max_connections;
  double reserved = 0;
  std::string database;
  std::optional<double> database_limit;
  std::map<std::string, double> roles;
};

Result<Limits> parse_limits(const PgRows& rows) {
  Limits limits;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto what = rows.text(row, "what");
    const auto name = rows.text(row, "name").value_or("");
    const auto value = rows.number(row, "value");
    if (!what || !value)
      return Error{Reason::garbage, "query", "PostgreSQL returned a limit that is not a number",
                   ""};
    if (what == "setting" && name == "max_connections") {
      limits.max_connections = *value;
    } else if (what == "setting") {
      limits.reserved += std::max(0.0, *value);
    } else if (what == "database") {
      limits.database = name;
      if (*value >= 0) limits.database_limit = *value;
    } else if (*value >= 0) {
      limits.roles[name] = *value;
    }
  }
  if (!limits.max_connections || *limits.max_connections < 1)
    return Error{Reason::garbage, "query", "PostgreSQL did not return max_connections"};
  return limits;
}

/// The sum of the groups that `belongs` selects; `in_use` is empty if the state of any is hidden.
template <class Belongs>
Pool sum(std::string name, const std::vector<Group>& groups, const Belongs& belongs) {
  Pool pool{.name = std::move(name), .in_use = 0, .idle = 0, .occupied = 0};
  bool is_hidden = false;
  for (const Group& group : groups) {
    if (!belongs(group)) continue;
    *pool.occupied += group.count;
    *(group.state == "idle" ? pool.idle : pool.in_use) += group.count;
    is_hidden = is_hidden || group.state == "unknown";
  }
  if (is_hidden) {
    pool.in_use.reset();
    pool.idle.reset();
  }
  return pool;
}

void add_pools(Facts& facts, const Settings& settings, const Limits& limits) {
  Pool server = sum("server", facts.groups, [](const Group&) { return true; });
  server.max = std::max(0.0, *limits.max_connections - limits.reserved);
  facts.pools.push_back(std::move(server));

  Pool own = sum("database/" + limits.database, facts.groups,
                 [&](const Group& g) { return g.database == limits.database; });
  facts.open_in_database = *own.occupied;
  own.max = limits.database_limit;
  if (settings.budget && (!own.max || *settings.budget < *own.max)) {
    own.max = settings.budget;
    own.is_budget = true;
    own.occupied = own.in_use;  // Idle connections within the budget are available to its owner.
  }
  facts.pools.push_back(std::move(own));

  for (const auto& [role, limit] : limits.roles) {
    Pool pool = sum("role/" + role, facts.groups,
                    [&name = role](const Group& g) { return g.user == name; });
    pool.max = limit;
    if (*pool.occupied > 0) facts.pools.push_back(std::move(pool));
  }
}

}  // namespace

Result<Facts> parse_postgres(const Settings& settings, const PgRows& sessions,
                             const PgRows& limits) {
  const auto parsed = parse_limits(limits);
  if (!parsed) return parsed.error();
  Facts facts;
  facts.hidden = 0;
  facts.database = parsed->database;
  for (std::size_t row = 0; row < sessions.size(); ++row) {
    const auto count = sessions.count(row, "sessions", "PostgreSQL's list of sessions");
    if (!count) return count.error();
    Group group{sessions.text(row, "application").value_or(""),
                sessions.text(row, "user").value_or(""),
                sessions.text(row, "database").value_or(""),
                sessions.text(row, "state").value_or("unknown"),
                *count,
                sessions.number(row, "in_state")};
    if (group.state == "unknown") *facts.hidden += *count;
    facts.groups.push_back(std::move(group));
  }
  add_pools(facts, settings, *parsed);
  return facts;
}

Result<Facts> fetch_postgres(const Settings& settings, Run& run) {
  auto lease = run.databases.lease(settings.database, run.deadline);
  if (!lease) return std::move(lease).error();
  const auto sessions = query_traced(**lease, kSessions, "sessions by application, user and state",
                                     run.deadline, run.trace);
  if (!sessions) return sessions.error();
  const auto limits = query_traced(**lease, kLimits, "limits of server, database and roles",
                                   run.deadline, run.trace);
  if (!limits) return limits.error();
  return parse_postgres(settings, *sessions, *limits);
}

}  // namespace holdfast::pool
