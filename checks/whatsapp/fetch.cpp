// SPDX-License-Identifier: Apache-2.0
#include "checks/whatsapp/fetch.h"

#include <algorithm>
#include <chrono>

#include "checks/support/pg/ask.h"
#include "checks/whatsapp/sql.h"

namespace holdfast::whatsapp {
namespace {

Error garbage(std::string text) { return {Reason::garbage, "query", std::move(text), ""}; }

/// Our sentence for a statement that failed: which table, and what would help.
Error explain(const Settings& settings, Error error) {
  const std::string where =
      settings.tables.keys +
      (settings.tables.auth.empty() ? std::string() : " and " + settings.tables.auth);
  if (!error.text.empty()) return error;
  if (error.reason == Reason::no_right) {
    error.text = "Holdfast's role may not read " + where +
                 ": a right is missing (deploy/sql/whatsapp.sql grants it)";
  } else if (error.reason == Reason::missing) {
    error.text = where + " are not in database " + settings.database +
                 " as the layout says: a table or a column is missing";
  } else {
    error.text = "the database " + settings.database + " " +
                 std::string(sentence_of(error.reason)) + " while its keys were counted";
  }
  return error;
}

class Look {
 public:
  Look(const Settings& settings, PgSession& session, const Deadline& deadline, Trace& trace)
      : settings_(settings),
        session_(session),
        sql_(settings, session),
        deadline_(deadline),
        trace_(trace) {}

  Result<Facts> fetch(bool whole);

 private:
  Result<PgRows> ask(const std::string& sql, std::string_view what);
  std::optional<Error> read_about();
  std::optional<Error> read_whole();
  std::optional<Error> read_sessions();
  std::optional<Error> read_view();
  std::optional<Error> read_largest();
  Session& session_named(const std::string& name);

  const Settings& settings_;
  PgSession& session_;
  Sql sql_;
  const Deadline& deadline_;
  Trace& trace_;
  Facts facts_;
  std::map<std::string, std::size_t> index_;  // Into facts_.sessions.
};

Result<PgRows> Look::ask(const std::string& sql, std::string_view what) {
  return ask_traced(session_, sql, what, deadline_, trace_);
}

bool is_true(const std::optional<std::string>& cell) { return cell == "t" || cell == "true"; }

Result<double> count_of(const PgRows& rows, std::size_t row, const std::string& column) {
  const auto value = rows.number(row, column);
  if (value && *value >= 0) return *value;
  return garbage("the database gave " + std::string(value ? "a negative" : "no readable") +
                 " number in " + column);
}

/// The key counts of one row; nothing but whole, positive numbers.
Result<KeyCount> key_count_of(const PgRows& rows, std::size_t row) {
  KeyCount count;
  const auto live = count_of(rows, row, "live");
  if (!live) return live.error();
  const auto expired = count_of(rows, row, "expired");
  if (!expired) return expired.error();
  count.live = *live;
  count.expired = *expired;
  for (std::size_t i = 0; i < count.due.size(); ++i) {
    const auto due = count_of(rows, row, "due" + std::to_string(i));
    if (!due) return due.error();
    count.due.at(i) = *due;
  }
  return count;
}

void later(std::optional<double>& known, const std::optional<double>& seen) {
  if (seen && (!known || *known < *seen)) known = seen;
}

/// Adds a row's keys to a session; names beyond the bound go together.
std::optional<Error> add_keys(Session& session, const PgRows& rows, std::size_t row) {
  const auto type = rows.text(row, "type");
  if (!type) return garbage("the database gave keys without a type");
  const auto count = key_count_of(rows, row);
  if (!count) return count.error();
  const bool has_room = session.types.size() < kMaxTypes || session.types.contains(*type);
  session.types[has_room ? *type : "other"] += *count;
  later(session.last_write, rows.number(row, "last_write"));
  return std::nullopt;
}

Session& Look::session_named(const std::string& name) {
  const auto [found, is_new] = index_.try_emplace(name, facts_.sessions.size());
  if (is_new) facts_.sessions.push_back({.name = name});
  return facts_.sessions[found->second];
}

std::optional<Error> Look::read_about() {
  const auto rows = ask(sql_.about(), "the server's time, auth records, row security, the view");
  if (!rows) return rows.error();
  const auto at = rows->number(0, "now");
  if (!at) return garbage("the database gave no time");
  facts_.at = *at;
  facts_.row_security = is_true(rows->text(0, "row_security"));
  if (!settings_.tables.auth.empty()) {
    const auto records = count_of(*rows, 0, "auth_records");
    if (!records) return records.error();
    facts_.auth_records = *records;
  }
  if (settings_.tables.view.empty()) return std::nullopt;
  const auto view = rows->text(0, "view");
  facts_.view = view == "seen" ? View::seen : view == "no_right" ? View::no_right : View::missing;
  return std::nullopt;
}

std::optional<Error> Look::read_whole() {
  const auto keys = ask(sql_.whole(), "all keys by session and type");
  if (!keys) return keys.error();
  const auto auth = ask(sql_.whole_auth(), "auth records by session");
  if (!auth) return auth.error();
  facts_.whole = true;
  facts_.cut = keys->size() > kMaxGroups || auth->size() > kMaxGroups;
  for (std::size_t row = 0; row < keys->size(); ++row)
    if (auto error = add_keys(session_named(keys->text(row, "session").value_or("")), *keys, row))
      return error;
  double records = 0;
  for (std::size_t row = 0; row < auth->size(); ++row) {
    const auto count = count_of(*auth, row, "auth_records");
    if (!count) return count.error();
    Session& session = session_named(auth->text(row, "session").value_or(""));
    session.auth_records += *count;
    later(session.last_write, auth->number(row, "last_write"));
    records += *count;
  }
  if (!facts_.auth_records) facts_.auth_records = records;
  return std::nullopt;
}

// These come after the whole table and take its place: they are newer.
std::optional<Error> Look::read_sessions() {
  const std::string sql = sql_.sessions();
  if (sql.empty()) return std::nullopt;
  const auto rows = ask(sql, "keys of single sessions, by index");
  if (!rows) return rows.error();
  std::map<std::string, std::string> names;  // By position: the rows come in any order within it.
  for (std::size_t row = 0; row < rows->size(); ++row) {
    const auto name = rows->text(row, "session");
    if (!name) continue;
    names[rows->text(row, "position").value_or("")] = *name;
    const auto records = count_of(*rows, row, "auth_records");
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
    if (name == names.end()) return garbage("the database gave keys without a session");
    if (auto error = add_keys(session_named(name->second), *rows, row)) return error;
  }
  return std::nullopt;
}

std::optional<Error> Look::read_view() {
  if (facts_.view != View::seen) return std::nullopt;
  const auto rows = ask(sql_.credentials(), "what the view shows of the credentials");
  if (!rows && rows.error().reason == Reason::missing) {
    facts_.view = View::outdated;
    return std::nullopt;
  }
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row) {
    const auto name = rows->text(row, "session");
    const auto beyond = count_of(*rows, row, "pre_keys_beyond_next");
    if (!name) return garbage("the view gave credentials without a session");
    if (!beyond) return beyond.error();
    facts_.credentials.push_back(
        {.name = *name,
         .has_me = is_true(rows->text(row, "has_me")),
         .next_pre_key_id = rows->number(row, "next_pre_key_id"),
         .last_pre_key_exists = is_true(rows->text(row, "last_pre_key_exists")),
         .pre_keys_beyond_next = *beyond,
         .identity = rows->text(row, "identity_digest").value_or(""),
         .names_app_state_key = is_true(rows->text(row, "names_app_state_key")),
         .app_state_key_exists = is_true(rows->text(row, "app_state_key_exists"))});
  }
  return std::nullopt;
}

std::optional<Error> Look::read_largest() {
  if (facts_.view != View::seen) return std::nullopt;
  const auto rows = ask(sql_.largest(), "the largest key of each session");
  // A view of one's own need not have this column.
  if (!rows && rows.error().reason == Reason::missing) return std::nullopt;
  if (!rows) return rows.error();
  for (std::size_t row = 0; row < rows->size(); ++row)
    if (const auto bytes = rows->number(row, "bytes"); bytes && *bytes >= 0)
      facts_.largest_key[rows->text(row, "session").value_or("")] = *bytes;
  return std::nullopt;
}

Result<Facts> Look::fetch(bool whole) {
  std::optional<Error> error = read_about();
  if (!error && whole) error = read_whole();
  if (!error) error = read_sessions();
  if (!error) error = read_view();
  if (!error && whole) error = read_largest();
  if (error) return explain(settings_, *std::move(error));
  return std::move(facts_);
}

}  // namespace

Result<Facts> fetch(const Settings& settings, PgSession& session, bool whole,
                    const Deadline& deadline, Trace& trace) {
  return Look(settings, session, deadline, trace).fetch(whole);
}

}  // namespace holdfast::whatsapp
