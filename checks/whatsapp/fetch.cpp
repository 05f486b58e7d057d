// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/fetch.h"

#include <algorithm>
#include <chrono>

#include "checks/support/pg/session.h"
#include "checks/whatsapp/sql.h"

namespace holdfast::whatsapp {
namespace {

Error garbage(std::string text) { return {Reason::garbage, "query", std::move(text), ""}; }

/// The sentence for a failed statement: which tables, and what would help.
Error explain(const Settings& settings, Error error) {
  const std::string where =
      settings.tables.keys +
      (settings.tables.auth.empty() ? std::string() : " and " + settings.tables.auth);
  if (!error.text.empty()) return error;
  if (error.reason == Reason::no_right) {
    error.text = "permission denied for " + where + " (deploy/sql/whatsapp.sql grants the rights)";
  } else if (error.reason == Reason::missing) {
    error.text = "database " + settings.database + " does not have the configured layout of " +
                 where + ": a table or column is missing";
  } else {
    error.text = "the database " + settings.database + " " +
                 std::string(sentence_of(error.reason)) + " while its keys were counted";
  }
  return error;
}

/// The key counts of one row.
Result<KeyCount> key_count_of(const PgRows& rows, std::size_t row) {
  KeyCount count;
  const auto live = rows.count(row, "live");
  if (!live) return live.error();
  const auto expired = rows.count(row, "expired");
  if (!expired) return expired.error();
  count.live = *live;
  count.expired = *expired;
  for (std::size_t i = 0; i < count.due.size(); ++i) {
    const auto due = rows.count(row, "due" + std::to_string(i));
    if (!due) return due.error();
    count.due.at(i) = *due;
  }
  return count;
}

void later(std::optional<double>& known, const std::optional<double>& seen) {
  if (seen && (!known || *known < *seen)) known = seen;
}

/// Adds a row's keys to a session; types beyond kMaxTypes are counted as `other`.
std::optional<Error> add_keys(Session& session, const PgRows& rows, std::size_t row) {
  const auto type = rows.text(row, "type");
  if (!type) return garbage("the database returned keys without a type");
  const auto count = key_count_of(rows, row);
  if (!count) return count.error();
  const bool is_listed = session.types.size() < kMaxTypes || session.types.contains(*type);
  session.types[is_listed ? *type : "other"] += *count;
  later(session.last_write, rows.number(row, "last_write"));
  return std::nullopt;
}

class Fetch {
 public:
  Fetch(const Settings& settings, PgSession& session, const Deadline& deadline, Trace& trace)
      : settings_(settings),
        session_(session),
        sql_(settings, session),
        deadline_(deadline),
        trace_(trace) {}

  Result<Facts> run(bool is_full_scan) {
    std::optional<Error> error = read_overview();
    if (!error && is_full_scan) error = read_all();
    if (!error) error = read_sessions();
    if (!error) error = read_view();
    if (!error && is_full_scan) error = read_largest();
    if (error) return explain(settings_, *std::move(error));
    return std::move(facts_);
  }

 private:
  Result<PgRows> query(const std::string& sql, std::string_view what) {
    return query_traced(session_, sql, what, deadline_, trace_);
  }

  Session& session_named(const std::string& name) {
    const auto [found, is_new] = index_.try_emplace(name, facts_.sessions.size());
    if (is_new) facts_.sessions.push_back({.name = name});
    return facts_.sessions[found->second];
  }

  std::optional<Error> read_overview() {
    const auto rows = query(sql_.overview(), "server time, auth records, row security, view");
    if (!rows) return rows.error();
    const auto at = rows->number(0, "now");
    if (!at) return garbage("the database returned no time");
    facts_.at = *at;
    facts_.row_security = rows->is_true(0, "row_security");
    if (!settings_.tables.auth.empty()) {
      const auto records = rows->count(0, "auth_records");
      if (!records) return records.error();
      facts_.auth_records = *records;
    }
    if (settings_.tables.view.empty()) return std::nullopt;
    const auto view = rows->text(0, "view");
    facts_.view = view == "seen" ? View::seen : view == "no_right" ? View::no_right : View::missing;
    return std::nullopt;
  }

  std::optional<Error> read_all() {
    const auto keys = query(sql_.all_keys(), "all keys by session and type");
    if (!keys) return keys.error();
    const auto auth = query(sql_.all_auth(), "auth records by session");
    if (!auth) return auth.error();
    facts_.is_full_scan = true;
    facts_.is_truncated = keys->size() > kMaxGroups || auth->size() > kMaxGroups;
    for (std::size_t row = 0; row < keys->size(); ++row)
      if (auto error = add_keys(session_named(keys->text(row, "session").value_or("")), *keys, row))
        return error;
    double records = 0;
    for (std::size_t row = 0; row < auth->size(); ++row) {
      const auto count = auth->count(row, "auth_records");
      if (!count) return count.error();
      Session& session = session_named(auth->text(row, "session").value_or(""));
      session.auth_records += *count;
      later(session.last_write, auth->number(row, "last_write"));
      records += *count;
    }
    if (!facts_.auth_records) facts_.auth_records = records;
    return std::nullopt;
  }

  // These replace the sessions of the full scan: they are newer.
  std::optional<Error> read_sessions() {
    const std::string sql = sql_.sessions();
    if (sql.empty()) return std::nullopt;
    const auto rows = query(sql, "keys of single sessions");
    if (!rows) return rows.error();
    std::map<std::string, std::string> names;  // By position; rows of one position are unordered.
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto name = rows->text(row, "session");
      if (!name) continue;
      names[rows->text(row, "position").value_or("")] = *name;
      const auto records = rows->count(row, "auth_records");
      if (!records) return records.error();
      Session& session = session_named(*name);
      session = {.name = *name,
                 .is_configured = !settings_.sessions.empty(),
                 .auth_records = *records,
                 .last_write = rows->number(row, "last_write")};
    }
    for (std::size_t row = 0; row < rows->size(); ++row) {
      if (rows->text(row, "session")) continue;
      const auto name = names.find(rows->text(row, "position").value_or(""));
      if (name == names.end()) return garbage("the database returned keys without a session");
      if (auto error = add_keys(session_named(name->second), *rows, row)) return error;
    }
    return std::nullopt;
  }

  std::optional<Error> read_view() {
    if (facts_.view != View::seen) return std::nullopt;
    const auto rows = query(sql_.credentials(), "credentials, from the view");
    if (!rows && rows.error().reason == Reason::missing) {
      facts_.view = View::outdated;
      return std::nullopt;
    }
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row) {
      const auto name = rows->text(row, "session");
      const auto beyond = rows->count(row, "pre_keys_beyond_next");
      if (!name) return garbage("the view returned credentials without a session");
      if (!beyond) return beyond.error();
      facts_.credentials.push_back(
          {.name = *name,
           .has_me = rows->is_true(row, "has_me"),
           .next_pre_key_id = rows->number(row, "next_pre_key_id"),
           .last_pre_key_exists = rows->is_true(row, "last_pre_key_exists"),
           .pre_keys_beyond_next = *beyond,
           .identity = rows->text(row, "identity_digest").value_or(""),
           .names_app_state_key = rows->is_true(row, "names_app_state_key"),
           .app_state_key_exists = rows->is_true(row, "app_state_key_exists")});
    }
    return std::nullopt;
  }

  std::optional<Error> read_largest() {
    if (facts_.view != View::seen) return std::nullopt;
    const auto rows = query(sql_.largest(), "largest key of each session");
    // A custom view may lack this column.
    if (!rows && rows.error().reason == Reason::missing) return std::nullopt;
    if (!rows) return rows.error();
    for (std::size_t row = 0; row < rows->size(); ++row)
      if (const auto bytes = rows->number(row, "bytes"); bytes && *bytes >= 0)
        facts_.largest_key[rows->text(row, "session").value_or("")] = *bytes;
    return std::nullopt;
  }

  const Settings& settings_;
  PgSession& session_;
  Sql sql_;
  const Deadline& deadline_;
  Trace& trace_;
  Facts facts_;
  std::map<std::string, std::size_t> index_;  // Into facts_.sessions.
};

}  // namespace

Result<Facts> fetch(const Settings& settings, PgSession& session, bool is_full_scan,
                    const Deadline& deadline, Trace& trace) {
  return Fetch(settings, session, deadline, trace).run(is_full_scan);
}

}  // namespace holdfast::whatsapp
