// SPDX-License-Identifier: Apache-2.0
// From statements to facts: what is queried in each layout, and how invalid replies are handled.
#include "checks/whatsapp/fetch.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/checks/support/pg/fake_session.h"

using namespace holdfast;
using namespace holdfast::whatsapp;
using holdfast::testing::FakePgSession;
using Cell = std::optional<std::string>;

namespace {

const std::string kOverview = "SELECT extract(epoch FROM now()) AS now";
const std::string kAllKeys = "g.type, g.last_write, g.live";
const std::string kAllAuth = "g.auth_records, g.last_write FROM (SELECT";
const std::string kSessions = "WITH s AS MATERIALIZED";
const std::string kView = "pre_keys_beyond_next";
const std::string kLargest = "largest_key_bytes";

const std::vector<std::string> kCounts{"type", "last_write", "live", "expired", "due0",
                                       "due1", "due2",       "due3", "due4",    "due5"};

PgRows rows(std::vector<std::string> columns, std::vector<std::vector<Cell>> cells) {
  return {std::move(columns), std::move(cells)};
}
PgRows counted(std::vector<std::string> columns, std::vector<std::vector<Cell>> cells) {
  columns.insert(columns.end(), kCounts.begin(), kCounts.end());
  return rows(std::move(columns), std::move(cells));
}
std::vector<Cell> keys_row(std::vector<Cell> before, Cell type, Cell live, Cell expired = "0") {
  for (const Cell& cell : {std::move(type), Cell("100"), std::move(live), std::move(expired),
                           Cell("0"), Cell("0"), Cell("0"), Cell("0"), Cell("2"), Cell("7")})
    before.push_back(cell);
  return before;
}
std::vector<Cell> head(Cell position, Cell session, Cell records) {
  std::vector<Cell> cells{std::move(position), std::move(session), std::move(records)};
  cells.resize(3 + kCounts.size());
  cells[4] = "99";
  return cells;
}

Settings fetch_settings() {
  CheckConfig config{.name = "sessions", .kind = "whatsapp"};
  config.database.name = "timeweb";
  config.options.set("layout", std::string("ai-admin"));
  return settings_of(config);
}

struct Table {
  FakePgSession session;
  Settings s = fetch_settings();
  Trace trace;
  Table() {
    session.answer(kOverview, rows({"now", "row_security", "auth_records", "view"},
                                   {{"1762437000.5", "f", "1", "seen"}}));
    session.answer(kAllKeys,
                   counted({"session"}, {keys_row({"company_962302"}, "pre-key", "292")}));
    session.answer(
        kAllAuth, rows({"session", "auth_records", "last_write"}, {{"company_962302", "1", "50"}}));
    session.answer(kSessions, counted({"position", "session", "auth_records"},
                                      {head("1", "company_962302", "1"),
                                       keys_row({"1", {}, {}}, "pre-key", "291"),
                                       keys_row({"1", {}, {}}, "session", "144", "3")}));
    session.answer(kView, rows({"session", "has_me", "next_pre_key_id", "last_pre_key_exists",
                                "pre_keys_beyond_next", "identity_digest", "names_app_state_key",
                                "app_state_key_exists"},
                               {{"company_962302", "t", "858", "t", "0", "11f2", "t", "f"}}));
    session.answer(kLargest, rows({"session", "bytes"}, {{"company_962302", "4096"}}));
  }
  Result<Facts> run(bool is_full_scan = true) {
    return fetch(s, session, is_full_scan, Deadline(std::chrono::seconds(5), nullptr), trace);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Table, "a run reads counts, times and digests, and the newer count wins") {
  const auto facts = run();
  REQUIRE(facts);
  CHECK(facts->at == 1762437000.5);
  CHECK(facts->is_full_scan);
  CHECK(facts->auth_records == 1.0);
  REQUIRE(facts->sessions.size() == 1);
  const Session& seen = facts->sessions[0];
  CHECK(seen.name == "company_962302");
  CHECK_FALSE(seen.is_configured);
  CHECK(seen.last_write == 100.0);
  CHECK(seen.types.at("pre-key").live == 291);
  CHECK(seen.types.at("session").expired == 3);
  CHECK(seen.types.at("session").due[kDayHorizon] == 2);
  REQUIRE(facts->credentials.size() == 1);
  CHECK(facts->credentials[0].next_pre_key_id == 858.0);
  CHECK(facts->credentials[0].last_pre_key_exists);
  CHECK_FALSE(facts->credentials[0].app_state_key_exists);
  CHECK(facts->largest_key.at("company_962302") == 4096);
}

TEST_CASE_FIXTURE(Table, "between full scans only single sessions are read") {
  const auto facts = run(false);
  REQUIRE(facts);
  CHECK_FALSE(facts->is_full_scan);
  CHECK(session.queries.size() == 3);
}

TEST_CASE_FIXTURE(Table, "no statement names what must stay in the database") {
  s.sessions = {"company_962302"};
  for (const Layout layout : {Layout::ai_admin, Layout::prefixed, Layout::columns}) {
    s.tables.layout = layout;
    REQUIRE(run());
  }
  for (const std::string& sql : session.queries) {
    CAPTURE(sql);
    for (const char* word : {"value\"", "creds\"", "SELECT *", "\"key_id\" AS", "UPDATE", "DELETE"})
      CHECK(sql.find(word) == std::string::npos);
  }
}

TEST_CASE_FIXTURE(Table, "names from the config are quoted") {
  s.sessions = {"o'brien"};
  s.tables.keys = "my schema.ke\"ys";
  REQUIRE(run());
  const auto& sql = session.queries[3];
  CHECK(sql.find("UNION ALL SELECT 1, 'o''brien'") != std::string::npos);
  CHECK(sql.find("\"my schema\".\"ke\"\"ys\"") != std::string::npos);
}

TEST_CASE_FIXTURE(Table, "invalid replies are garbage, never a count") {
  struct Row {
    const char* title;
    std::string question;
    PgRows answer;
    std::string text;
  };
  const std::vector<std::string> one{"session"};
  for (const Row& row : std::vector<Row>{
           {"no rows at all", kOverview, {}, "the database returned no time"},
           {"a negative count", kAllKeys, counted(one, {keys_row({"a"}, "session", "-1")}),
            "the query result has a negative count in live"},
           {"words for a number", kAllKeys, counted(one, {keys_row({"a"}, "session", "many")}),
            "the query result has no number in live"},
           {"NULL for a number", kAllKeys, counted(one, {keys_row({"a"}, "session", "1", {})}),
            "the query result has no number in expired"},
           {"a missing column", kAllKeys, rows({"session", "type"}, {{"a", "session"}}),
            "the query result has no number in live"},
           {"no type", kAllKeys, counted(one, {keys_row({"a"}, {}, "1")}),
            "the database returned keys without a type"},
           {"keys of nobody", kSessions,
            counted({"position", "session", "auth_records"},
                    {keys_row({"9", {}, {}}, "session", "1")}),
            "the database returned keys without a session"},
           {"auth records of words", kAllAuth,
            rows({"session", "auth_records"}, {{"a", "canary-123"}}),
            "the query result has no number in auth_records"},
           {"a view of words", kView,
            rows({"session", "pre_keys_beyond_next"}, {{"a", "canary-123"}}),
            "the query result has no number in pre_keys_beyond_next"},
       }) {
    CAPTURE(row.title);
    Table table;
    table.session.answer(row.question, row.answer);
    const auto facts = table.run();
    REQUIRE_FALSE(facts);
    CHECK(facts.error().reason == Reason::garbage);
    CHECK(facts.error().text == row.text);
  }
}

TEST_CASE_FIXTURE(Table, "a failure names the tables and what would help") {
  struct Row {
    Reason reason;
    std::string text;
  };
  for (const Row& row :
       {Row{Reason::no_right,
            "permission denied for whatsapp_keys and whatsapp_auth (deploy/sql/whatsapp.sql grants "
            "the "
            "rights)"},
        Row{Reason::missing,
            "database timeweb does not have the configured layout of whatsapp_keys and "
            "whatsapp_auth: a "
            "table or column is missing"},
        Row{Reason::timed_out,
            "the database timeweb did not answer in time while its keys were counted"}}) {
    session.answer(kSessions, Error{row.reason, "query", "", ""});
    const auto facts = run();
    REQUIRE_FALSE(facts);
    CHECK(facts.error().text == row.text);
  }
}

TEST_CASE_FIXTURE(Table, "a view that is not there, not ours or of another version is no failure") {
  for (const auto& [view, is] :
       {std::pair("missing", View::missing), std::pair("no_right", View::no_right),
        std::pair("x", View::missing)}) {
    session.answer(kOverview,
                   rows({"now", "row_security", "auth_records", "view"}, {{"1", "t", "1", view}}));
    const auto facts = run();
    REQUIRE(facts);
    CHECK(facts->view == is);
    CHECK(facts->row_security);
    CHECK(facts->credentials.empty());
  }
  Table old;
  old.session.answer(kView, Error{Reason::missing, "query", "", "42703"});
  old.session.answer(kLargest, Error{Reason::missing, "query", "", "42703"});
  const auto facts = old.run();
  REQUIRE(facts);
  CHECK(facts->view == View::outdated);
}

TEST_CASE_FIXTURE(Table, "more types than Baileys has are counted together") {
  std::vector<std::vector<Cell>> many;
  for (int i = 0; i < 200; ++i)
    many.push_back(keys_row({"a"},
                            std::string(1, static_cast<char>('a' + i % 26)) +
                                std::string(static_cast<std::size_t>(i / 26), 'x'),
                            "1"));
  session.answer(kAllKeys, counted({"session"}, many));
  const auto facts = run();
  REQUIRE(facts);
  const auto& types = facts->sessions[0].types;
  CHECK(types.size() <= kMaxTypes + 1);
  CHECK(types.at("other").live == 200 - static_cast<double>(kMaxTypes));
}

TEST_CASE("options of the three layouts that do not fit are errors that say why") {
  using Map = std::map<std::string, std::string>;
  using Text = std::string;
  struct Row {
    std::vector<std::pair<std::string, OptionValue>> options;
    std::string fault;
  };
  for (const Row& row : std::vector<Row>{
           {{{"layout", Text("ai-admin")}, {"table", Text("x")}},
            "table: is not valid with layout: ai-admin; use layout: columns"},
           {{{"layout", Text("prefixed")}, {"columns", Map{{"type", "t"}}}},
            "columns.type: is part of the id in layout: prefixed"},
           {{{"layout", Text("columns")}, {"columns", Map{{"type", "t"}}}},
            "layout: columns needs a table"},
           {{{"layout", Text("columns")}, {"table", Text("t")}},
            "layout: columns needs columns.type"},
           {{{"layout", Text("ai-admin")}, {"sessions", std::vector<Text>{"a", "a"}}},
            "sessions: contains a duplicate or an empty name"},
       }) {
    CAPTURE(row.fault);
    CheckConfig config{.name = "sessions", .kind = "whatsapp"};
    for (const auto& [name, value] : row.options) config.options.set(name, value);
    std::vector<OptionError> errors;
    CHECK(whatsapp_kind().make(config, errors) == nullptr);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].option + ": " + errors[0].text == row.fault);
  }
}
