// SPDX-License-Identifier: Apache-2.0
// What kind `usage` makes of the server's answers: many rows, none, and hostile ones.
#include <doctest/doctest.h>

#include "checks/run.h"
#include "checks/usage/judge.h"
#include "tests/unit/checks/support/pg/fake_session.h"
#include "tests/unit/checks/usage/watch.h"

using namespace holdfast;
using namespace holdfast::testing;

namespace {

using Row = std::vector<std::optional<std::string>>;

PgRows about(const std::string& track_counts = "on", const char* statements = "public") {
  return {
      {"dbname", "started", "in_recovery", "track_counts", "reset", "sees_control", "statements"},
      {{"default_db", "1762000000.5", "f", track_counts, std::nullopt, "t",
        statements ? std::optional<std::string>(statements) : std::nullopt}}};
}
PgRows sessions_of(std::vector<Row> rows) {
  return {{"application", "user", "client", "what", "sessions", "idle"}, std::move(rows)};
}
PgRows tables_of(std::vector<Row> rows) {
  return {{"schema", "name", "is_visible", "inserted", "updated", "deleted", "is_held"},
          std::move(rows)};
}

struct Site {
  FakePgSession session;
  usage::Settings settings = active_settings();
  Trace trace;
  Site() {
    session.answer("pg_postmaster_start_time", about());
    session.answer("FROM pg_control_system", PgRows{{"server"}, {{"700:1"}}});
    session.answer("FROM pg_stat_activity", sessions_of({}));
    session.answer("pg_partition_root", tables_of({}));
    session.answer("pg_stat_statements(false)", PgRows{{"user", "calls"}, {{"app", "17"}}});
  }
  Result<usage::Facts> fetch() {
    return usage::fetch(settings, session, {std::chrono::seconds(30), nullptr}, trace);
  }
};

}  // namespace

TEST_CASE("sessions and tables are read as they are") {
  Site site;
  site.session.answer("FROM pg_stat_activity",
                      sessions_of({{"ai-admin-api", "app", "10.0.0.5", "client", "3", "0.5"},
                                   {"", "app", "::1", "client", "1", "0.5"},
                                   {"sub", "app", "10.0.0.9", "replication", "1", "0.5"},
                                   {"shop", "other", "hidden", "hidden", "2", std::nullopt}}));
  site.session.answer("pg_partition_root",
                      tables_of({{"public", "whatsapp_keys", "t", "1", "2", "3", "t"},
                                 {"shop", "orders", "f", "4", "0", "0", "f"}}));
  const auto facts = site.fetch();
  REQUIRE(facts);
  CHECK(facts->dbname == "default_db");
  CHECK(facts->counting.server == "700:1");
  CHECK(facts->counting.started == 1762000000.5);
  CHECK_FALSE(facts->counting.reset);
  REQUIRE(facts->sessions.size() == 3);
  CHECK(facts->sessions[0].count == 3);
  CHECK(facts->sessions[2].is_hidden);
  CHECK(facts->is_replicated_to);
  REQUIRE(facts->tables.size() == 2);
  CHECK(facts->tables[0].configured == "whatsapp_keys");
  CHECK(facts->tables[0].is_held);
  CHECK(facts->tables[1].name == "shop.orders");
  CHECK(facts->tables[1].configured.empty());
  CHECK(facts->missing.empty());
  CHECK(facts->statements.at(0) == std::pair<std::string, double>("app", 17));
}

TEST_CASE("an empty database has no table, no session, and says what is missing") {
  Site site;
  const auto facts = site.fetch();
  REQUIRE(facts);
  CHECK(facts->sessions.empty());
  CHECK(facts->tables.empty());
  CHECK(facts->missing == std::vector<std::string>{"whatsapp_keys"});
}

TEST_CASE("a configured name means the visible table, the one of its schema, or the only one") {
  Site site;
  site.settings.tables = {{"seen", {}}, {"b.named", {}}, {"only", {}}, {"twice", {}}, {"no", {}}};
  site.session.answer("pg_partition_root", tables_of({{"a", "seen", "f", "1", "0", "0", "f"},
                                                      {"public", "seen", "t", "2", "0", "0", "f"},
                                                      {"a", "named", "f", "3", "0", "0", "f"},
                                                      {"b", "named", "f", "4", "0", "0", "f"},
                                                      {"a", "only", "f", "5", "0", "0", "f"},
                                                      {"a", "twice", "f", "6", "0", "0", "f"},
                                                      {"b", "twice", "f", "7", "0", "0", "f"}}));
  const auto facts = site.fetch();
  REQUIRE(facts);
  std::map<std::string, std::string> found;
  for (const usage::Table& table : facts->tables)
    if (!table.configured.empty()) found[table.configured] = table.name;
  CHECK(found == std::map<std::string, std::string>{
                     {"seen", "seen"}, {"b.named", "b.named"}, {"only", "a.only"}});
  CHECK(facts->missing == std::vector<std::string>{"no"});
  CHECK(facts->ambiguous == std::vector<std::string>{"twice"});
}

TEST_CASE("hostile names are quoted in statements and made safe in facts") {
  Site site;
  site.settings.tables = {{"o'); DROP TABLE x; --", {}}};
  site.session.answer(
      "FROM pg_stat_activity",
      sessions_of({{"bot-79991234567", "a\x1f\nb", "10.0.0.5", "client", "1", {}},
                   {"bot-79997654321", "a\x1f\nb", "10.0.0.5", "client", "1", {}}}));
  site.session.answer("pg_partition_root",
                      tables_of({{"public", "auth_79991234567", "t", "1", "0", "0", "f"},
                                 {"public", "auth_79997654321", "t", "2", "0", "0", "f"}}));
  const auto facts = site.fetch();
  REQUIRE(facts);
  CHECK(site.session.queries.at(3).find("IN ('o''); DROP TABLE x; --')") != std::string::npos);
  CHECK(facts->sessions[0].application == "bot-(number)");
  CHECK(facts->sessions[0].user == "a??b");
  REQUIRE(facts->tables.size() == 1);
  CHECK(facts->tables[0].name == "auth_(number)");
  CHECK(facts->tables[0].inserted == 3);
  const Reading reading = usage::judge(site.settings, *facts, {}, {});
  CHECK(sample_of(reading, "usage_sessions", {"bot-(number)", "a??b", "10.0.0.5"}) == 2.0);
}

TEST_CASE("a count that is not a number fails the run") {
  for (const char* count : {"", "-1", "canary", "nan"}) {
    CAPTURE(count);
    Site site;
    site.session.answer("pg_partition_root",
                        tables_of({{"public", "whatsapp_keys", "t", count, "0", "0", "f"}}));
    const auto facts = site.fetch();
    REQUIRE_FALSE(facts);
    CHECK(facts.error().reason == Reason::garbage);
    CHECK(facts.error().text.find("canary") == std::string::npos);
  }
}

TEST_CASE("a thousand tables and sessions stay within the bounds, the configured first") {
  Site site;
  std::vector<Row> tables, all;
  for (int i = 0; i < 1000; ++i) {
    tables.push_back({"public", "t" + std::to_string(i), "t", "1", "0", "0", "f"});
    all.push_back({"a" + std::to_string(i), "app", "10.0.0.5", "client", "1", std::nullopt});
  }
  tables.push_back({"public", "whatsapp_keys", "t", "1", "0", "0", "f"});
  site.session.answer("pg_partition_root", tables_of(tables));
  site.session.answer("FROM pg_stat_activity", sessions_of(all));
  const auto facts = site.fetch();
  REQUIRE(facts);
  CHECK(facts->tables.size() == usage::kMaxTables);
  CHECK(facts->tables_cut);
  CHECK(facts->tables[0].configured == "whatsapp_keys");
  CHECK(facts->sessions.size() == usage::kMaxSessions);
  CHECK(facts->sessions_left_out == 800);
}

TEST_CASE("a missing right or extension costs only its own fact") {
  Site none;
  none.session.answer("pg_postmaster_start_time", about("on", nullptr));
  REQUIRE(none.fetch());
  CHECK(none.fetch()->no_statements ==
        "the extension pg_stat_statements is not installed in this database");
  for (const Reason reason : {Reason::no_right, Reason::missing, Reason::query_failed}) {
    Site site;
    site.session.answer("pg_stat_statements(false)", Error{reason, "query", "", ""});
    const auto facts = site.fetch();
    REQUIRE(facts);
    CHECK_FALSE(facts->no_statements.empty());
  }
  Site cut;
  cut.session.answer("pg_stat_statements(false)", Error{Reason::timed_out, "query", "", ""});
  REQUIRE_FALSE(cut.fetch());
  CHECK(cut.fetch().error().reason == Reason::timed_out);
  CHECK(cut.fetch().error().text ==
        "the database timeweb did not answer in time while its usage was read");
  Site off;
  off.session.answer("pg_postmaster_start_time", about("off"));
  CHECK_FALSE(off.fetch()->counts_rows);
}
