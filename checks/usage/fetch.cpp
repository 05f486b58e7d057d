// SPDX-License-Identifier: Apache-2.0
#include "checks/usage/fetch.h"

#include <algorithm>
#include <chrono>

#include "checks/usage/sql.h"
#include "checks/usage/text.h"

namespace holdfast::usage {
namespace {

// Tables that are read: all configured ones and the busiest, with room for names in other schemas.
constexpr std::size_t kTablesRead = 1000;

Error garbage(std::string text) { return {Reason::garbage, "query", std::move(text), ""}; }

std::string with(std::string_view sql, std::string_view mark, std::string_view text) {
  std::string out(sql);
  out.replace(out.find(mark), mark.size(), text);
  return out;
}

bool is_true(const std::optional<std::string>& cell) { return cell == "t" || cell == "true"; }

Result<double> count_of(const PgRows& rows, std::size_t row, std::string_view column) {
  const auto value = rows.number(row, column);
  if (value && *value >= 0) return *value;
  return garbage("the database gave " + std::string(value ? "a negative" : "no readable") +
                 " number in " + std::string(column));
}

/// The table a configured name means: by "schema.table", else in the search path, else the only
/// one.
struct Named {
  std::string configured, schema, name;
  std::vector<std::size_t> found;  // Into the rows.
  bool is_visible = false;
};

Named parse_name(const std::string& configured) {
  const std::size_t dot = configured.find('.');
  if (dot == std::string::npos) return {.configured = configured, .name = configured};
  return {.configured = configured,
          .schema = configured.substr(0, dot),
          .name = configured.substr(dot + 1)};
}

class Fetching {
 public:
  Fetching(const Settings& settings, PgSession& session, const Deadline& deadline, Trace& trace)
      : settings_(settings), session_(session), deadline_(deadline), trace_(trace) {}

  Result<Facts> fetch() {
    std::optional<Error> error = read_about();
    if (!error) error = read_sessions();
    if (!error) error = read_tables();
    if (!error) error = read_statements();
    if (!error) return std::move(facts_);
    if (error->text.empty())
      error->text = "the database " + settings_.database + " " +
                    std::string(sentence_of(error->reason)) + " while its use was looked at";
    return *std::move(error);
  }

 private:
  Result<PgRows> ask(const std::string& sql, std::string_view what) {
    const auto begin = std::chrono::steady_clock::now();
    auto rows = session_.query(sql, deadline_);
    const auto took = std::chrono::steady_clock::now() - begin;
    trace_.add("query", took,
               std::string(what) + ": " +
                   (rows ? render_count(static_cast<double>(rows->size()), "row")
                         : "it " + std::string(sentence_of(rows.error().reason))));
    return rows;
  }

  std::optional<Error> read_about() {
    const auto rows = ask(std::string(kAbout), "start, role, reset and rights");
    if (!rows) return rows.error();
    const auto started = rows->number(0, "started");
    if (!started) return garbage("the database did not say when it was started");
    facts_.dbname = rows->text(0, "dbname").value_or("");
    facts_.counting.started = *started;
    facts_.counting.reset = rows->number(0, "reset");
    facts_.counting.in_recovery = is_true(rows->text(0, "in_recovery"));
    facts_.counts_rows = rows->text(0, "track_counts") == "on";
    statements_schema_ = rows->text(0, "statements").value_or("");
    if (!is_true(rows->text(0, "sees_control"))) return std::nullopt;
    const auto control = ask(std::string(kControl), "which cluster this is");
    if (!control) return control.error();
    facts_.counting.server = control->text(0, "server").value_or("");
    return std::nullopt;
  }

  std::optional<Error> read_sessions() {
    const auto rows = ask(std::string(kSessions), "sessions of others by who opened them");
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto count = count_of(*rows, row, "sessions");
      if (!count) return count.error();
      const auto what = rows->text(row, "what").value_or("hidden");
      if (what == "replication") {
        facts_.is_replicated_to = true;
      } else if (facts_.sessions.size() == kMaxSessions) {
        facts_.sessions_left_out += *count;
      } else {
        facts_.sessions.push_back(
            {fit_to_leave(rows->text(row, "application").value_or(""), kDigitsInName),
             fit_to_leave(rows->text(row, "user").value_or(""), kDigitsInName),
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
    const auto rows = ask(with(with(kTables, "%1", list), "%2", std::to_string(kTablesRead + 1)),
                          "rows written, by table");
    if (!rows) return rows.error();
    facts_.tables_cut = rows->size() > kMaxTables;
    const auto configured = resolve(named, *rows);
    std::map<std::string, std::size_t> index;
    // Configured ones first: they keep their place when there are more than the bound.
    for (const bool is_expected : {true, false})
      for (std::size_t row = 0; row < rows->size(); ++row)
        if (configured.contains(row) == is_expected)
          if (auto error = take_table(*rows, row, configured, index)) return error;
    return std::nullopt;
  }

  /// Which row each configured table is.
  std::map<std::size_t, std::string> resolve(std::vector<Named>& named, const PgRows& rows) {
    for (Named& one : named) {
      for (std::size_t row = 0; row < rows.size(); ++row) {
        if (rows.text(row, "name") != one.name) continue;
        if (!one.schema.empty() && rows.text(row, "schema") != one.schema) continue;
        const bool is_visible = one.schema.empty() && is_true(rows.text(row, "is_visible"));
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

  std::optional<Error> take_table(const PgRows& rows, std::size_t row,
                                  const std::map<std::size_t, std::string>& configured,
                                  std::map<std::string, std::size_t>& index) {
    const std::string name = rows.text(row, "name").value_or("");
    const std::string shown = fit_to_leave(is_true(rows.text(row, "is_visible"))
                                               ? name
                                               : rows.text(row, "schema").value_or("") + "." + name,
                                           kDigitsInTable);
    // Names that are shown alike are counted together.
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
      const auto count = count_of(rows, row, column);
      if (!count) return count.error();
      table.*counter += *count;
    }
    table.is_held = table.is_held || is_true(rows.text(row, "is_held"));
    return std::nullopt;
  }

  // A fact that may be missing: it costs itself only.
  std::optional<Error> read_statements() {
    if (statements_schema_.empty()) {
      facts_.no_statements = "the extension pg_stat_statements is not in this database";
      return std::nullopt;
    }
    const auto rows = ask(with(kStatements, "%1", statements_schema_), "statements, by user");
    if (!rows) {
      const Reason why = rows.error().reason;
      if (why == Reason::no_right)
        facts_.no_statements = "Holdfast's role may not read pg_stat_statements";
      else if (why == Reason::missing || why == Reason::query_failed)
        facts_.no_statements = "pg_stat_statements is not in shared_preload_libraries, or too old";
      else
        return rows.error();
      return std::nullopt;
    }
    std::map<std::string, double> calls;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto count = count_of(*rows, row, "calls");
      if (!count) return count.error();
      calls[fit_to_leave(rows->text(row, "user").value_or(""), kDigitsInName)] += *count;
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
  return Fetching(settings, session, deadline, trace).fetch();
}

}  // namespace holdfast::usage
