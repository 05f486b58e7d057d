// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "checks/support/pg/session.h"
#include "checks/usage/judge.h"
#include "checks/usage/sql.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

// Tables read: all configured ones and the busiest, including equal names in several schemas.
constexpr std::size_t kTablesRead = 1000;

Error garbage(std::string text) { return {Reason::garbage, "query", std::move(text)}; }

std::string with(std::string_view sql, std::string_view mark, std::string_view text) {
  std::string out(sql);
  out.replace(out.find(mark), mark.size(), text);
  return out;
}

/// A configured table name and the rows it matches: by "schema.table", else the one in the search
/// path, else all of that name.
struct Named {
  std::string configured, schema, name;
  std::vector<std::size_t> found;  // Into the rows.
  bool is_visible = false;
};

Named parse_name(const std::string& configured) {
  const std::size_t dot = configured.find('.');
  return {.configured = configured,
          .schema = dot == std::string::npos ? "" : configured.substr(0, dot),
          .name = configured.substr(dot + 1)};  // All of it without a dot.
}

class Fetch {
 public:
  Fetch(const Settings& settings, PgSession& session, const Deadline& deadline, Trace& trace)
      : settings_(settings), session_(session), deadline_(deadline), trace_(trace) {}

  Result<Facts> run() {
    std::optional<Error> error = read_about();
    if (!error) error = read_sessions();
    if (!error) error = read_tables();
    if (!error) error = read_statements();
    if (!error) return std::move(facts_);
    if (error->text.empty())
      error->text = "the database " + settings_.database + " " +
                    std::string(sentence_of(error->reason)) + " while its usage was read";
    return *std::move(error);
  }

 private:
  Result<PgRows> query(const std::string& sql, std::string_view what) {
    return query_traced(session_, sql, what, deadline_, trace_);
  }

  std::optional<Error> read_about() {
    const auto rows = query(std::string(kAbout), "start, role, statistics reset and rights");
    if (!rows) return rows.error();
    const auto started = rows->number(0, "started");
    if (!started) return garbage("the database returned no start time");
    facts_.dbname = rows->text(0, "dbname").value_or("");
    facts_.counting.started = *started;
    facts_.counting.reset = rows->number(0, "reset");
    facts_.counting.in_recovery = rows->is_true(0, "in_recovery");
    facts_.counts_rows = rows->text(0, "track_counts") == "on";
    statements_schema_ = rows->text(0, "statements").value_or("");
    if (!rows->is_true(0, "sees_control")) return std::nullopt;
    const auto control = query(std::string(kControl), "cluster identity");
    if (!control) return control.error();
    facts_.counting.server = control->text(0, "server").value_or("");
    return std::nullopt;
  }

  std::optional<Error> read_sessions() {
    const auto rows = query(std::string(kSessions), "other sessions");
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto count = rows->count(row, "sessions");
      if (!count) return count.error();
      const auto what = rows->text(row, "what").value_or("hidden");
      if (what == "replication") {
        facts_.is_replicated_to = true;
      } else if (facts_.sessions.size() == kMaxSessions) {
        facts_.sessions_left_out += *count;
      } else {
        facts_.sessions.push_back(
            {safe_name(rows->text(row, "application").value_or(""), kDigitsInName),
             safe_name(rows->text(row, "user").value_or(""), kDigitsInName),
             rows->text(row, "client").value_or("hidden"), *count, rows->number(row, "idle"),
             what == "hidden"});
      }
    }
    return std::nullopt;
  }

  std::optional<Error> read_tables() {
    std::vector<Named> named;
    std::string list;
    for (const auto& [name, rate] : settings_.tables) {
      named.push_back(parse_name(name));
      list += (list.empty() ? "" : ", ") + session_.quote(named.back().name);
    }
    if (list.empty()) list = "NULL";
    const auto rows = query(with(with(kTables, "%1", list), "%2", std::to_string(kTablesRead + 1)),
                            "rows written by table");
    if (!rows) return rows.error();
    facts_.tables_cut = rows->size() > kMaxTables;
    const auto configured = resolve(named, *rows);
    std::map<std::string, std::size_t> index;
    // Configured ones first, so that the bound never drops them.
    for (const bool is_expected : {true, false})
      for (std::size_t row = 0; row < rows->size(); ++row)
        if (configured.contains(row) == is_expected)
          if (auto error = add_table(*rows, row, configured, index)) return error;
    return std::nullopt;
  }

  /// The row of each configured table.
  std::map<std::size_t, std::string> resolve(std::vector<Named>& named, const PgRows& rows) {
    for (Named& one : named) {
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows.text(row, "name") != one.name) continue;
        if (!one.schema.empty() && rows.text(row, "schema") != one.schema) continue;
        const bool is_visible = one.schema.empty() && rows.is_true(row, "is_visible");
        if (is_visible) one.found.clear();
        if (!one.is_visible) one.found.push_back(row);
        one.is_visible = one.is_visible || is_visible;
      }
    }
    std::map<std::size_t, std::string> out;
    for (const Named& one : named) {
      if (one.found.size() == 1)
        out[one.found.front()] = one.configured;
      else
        (one.found.empty() ? facts_.missing : facts_.ambiguous).push_back(one.configured);
    }
    return out;
  }

  std::optional<Error> add_table(const PgRows& rows, std::size_t row,
                                 const std::map<std::size_t, std::string>& configured,
                                 std::map<std::string, std::size_t>& index) {
    const std::string name = rows.text(row, "name").value_or("");
    const std::string shown = safe_name(
        rows.is_true(row, "is_visible") ? name : rows.text(row, "schema").value_or("") + "." + name,
        kDigitsInTable);
    // Tables with the same shown name are counted together.
    const auto [place, is_new] = index.try_emplace(shown, facts_.tables.size());
    if (is_new) {
      if (facts_.tables.size() == kMaxTables) {
        index.erase(place);
        return std::nullopt;
      }
      facts_.tables.push_back({.name = shown});
    }
    Table& table = facts_.tables[place->second];
    if (const auto known = configured.find(row); known != configured.end())
      table.configured = known->second;
    for (const auto& [column, counter] :
         {std::pair("inserted", &Table::inserted), std::pair("updated", &Table::updated),
          std::pair("deleted", &Table::deleted)}) {
      const auto count = rows.count(row, column);
      if (!count) return count.error();
      table.*counter += *count;
    }
    table.is_held = table.is_held || rows.is_true(row, "is_held");
    return std::nullopt;
  }

  // Optional: without it the run is still complete.
  std::optional<Error> read_statements() {
    if (statements_schema_.empty()) {
      facts_.no_statements = "the extension pg_stat_statements is not installed in this database";
      return std::nullopt;
    }
    const auto rows = query(with(kStatements, "%1", statements_schema_), "statements by user");
    if (!rows) {
      const Reason why = rows.error().reason;
      if (why == Reason::no_right)
        facts_.no_statements = "permission denied for pg_stat_statements";
      else if (why == Reason::missing || why == Reason::query_failed)
        facts_.no_statements = "pg_stat_statements is not in shared_preload_libraries, or too old";
      else
        return rows.error();
      return std::nullopt;
    }
    std::map<std::string, double> calls;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto count = rows->count(row, "calls");
      if (!count) return count.error();
      calls[safe_name(rows->text(row, "user").value_or(""), kDigitsInName)] += *count;
    }
    facts_.statements.assign(calls.begin(), calls.end());
    return std::nullopt;
  }

  const Settings& settings_;
  PgSession& session_;
  const Deadline& deadline_;
  Trace& trace_;
  Facts facts_;
  std::string statements_schema_;
};

}  // namespace

Result<Facts> fetch(const Settings& settings, PgSession& session, const Deadline& deadline,
                    Trace& trace) {
  return Fetch(settings, session, deadline, trace).run();
}

}  // namespace holdfast::usage
