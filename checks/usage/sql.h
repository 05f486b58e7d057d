// SPDX-License-Identifier: Apache-2.0
// The statements of the kind `usage`. They read catalogues and statistics, no user table.
#pragma once

#include <string_view>

namespace holdfast::usage {

// What identifies a span of counting, and what Holdfast's role may read. Rights are checked first,
// since each run would otherwise leave a refused statement in the server's log.
inline constexpr std::string_view kAbout = R"(
SELECT current_database() AS dbname,
       extract(epoch FROM pg_postmaster_start_time()) AS started,
       pg_is_in_recovery() AS in_recovery,
       current_setting('track_counts') AS track_counts,
       (SELECT extract(epoch FROM stats_reset) FROM pg_stat_database
        WHERE datname = current_database()) AS reset,
       has_function_privilege('pg_control_system()', 'EXECUTE')
         AND has_function_privilege('pg_control_checkpoint()', 'EXECUTE') AS sees_control,
       (SELECT quote_ident(n.nspname) FROM pg_extension e
        JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE e.extname = 'pg_stat_statements'
          AND has_schema_privilege(n.oid, 'USAGE')) AS statements)";

inline constexpr std::string_view kControl = R"(
SELECT system_identifier::text || ':' || timeline_id AS server
FROM pg_control_system(), pg_control_checkpoint())";

// Sessions of clients, without Holdfast's own. Without the right to see them, their backend type is
// hidden as well. Background workers are left out, except logical replication into this database.
inline constexpr std::string_view kSessions = R"(
SELECT coalesce(application_name, '') AS application, coalesce(usename, '') AS "user",
       CASE WHEN backend_type IS NULL THEN 'hidden'
            WHEN client_addr IS NULL THEN 'local' ELSE host(client_addr) END AS client,
       CASE WHEN backend_type IS NULL THEN 'hidden'
            WHEN backend_type = 'client backend' THEN 'client' ELSE 'replication' END AS what,
       count(*) AS sessions,
       extract(epoch FROM min(CASE WHEN state = 'active' THEN interval '0'
                              ELSE clock_timestamp() - state_change END)) AS idle
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
  AND application_name IS DISTINCT FROM 'holdfast'
  AND (backend_type = 'client backend' OR backend_type LIKE 'logical replication%'
       OR (backend_type IS NULL AND usename IS NOT NULL))
GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3 LIMIT 5000)";

// Counters of all tables, those of partitions under their root. `held`: an open transaction has
// written there, and its rows are not counted yet. %1 is the list of configured names as literals,
// %2 the number of rows. The functions of the view pg_stat_user_tables, without its joins.
inline constexpr std::string_view kTables = R"(
WITH held AS MATERIALIZED (
  SELECT DISTINCT relation FROM pg_locks
  WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
SELECT n.nspname::text AS schema, r.relname::text AS name,
       pg_table_is_visible(r.oid) AS is_visible,
       coalesce(sum(pg_stat_get_tuples_inserted(c.oid)), 0) AS inserted,
       coalesce(sum(pg_stat_get_tuples_updated(c.oid)), 0) AS updated,
       coalesce(sum(pg_stat_get_tuples_deleted(c.oid)), 0) AS deleted,
       bool_or(h.relation IS NOT NULL) AS is_held
FROM pg_class c
JOIN pg_class r ON r.oid = coalesce(pg_partition_root(c.oid), c.oid)
JOIN pg_namespace n ON n.oid = r.relnamespace
LEFT JOIN held h ON h.relation = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
GROUP BY r.oid, n.nspname, r.relname
ORDER BY r.relname IN (%1) DESC, 4 + 5 + 6 DESC, 1, 2 LIMIT %2)";

// Statements of other users since the extension was reset; %1 is its schema. Without the texts.
inline constexpr std::string_view kStatements = R"(
SELECT coalesce(r.rolname::text, '') AS "user", sum(s.calls) AS calls
FROM %1.pg_stat_statements(false) s LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND r.rolname IS DISTINCT FROM current_user
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200)";

}  // namespace holdfast::usage
