// SPDX-License-Identifier: Apache-2.0
// From the answers of the three sources to facts. The replies of 1.18 were recorded at a real
// PgBouncer whose pool of two was full; tests/data/pgbouncer/README.md tells of the others.
#include "checks/pool/sources.h"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "tests/unit/checks/support/pg/fake_session.h"
#include "tests/unit/source_dir.h"

using namespace holdfast;
using namespace holdfast::pool;

namespace {

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> cells;
  std::stringstream text(line + "|");
  for (std::string cell; std::getline(text, cell, '|');) cells.push_back(cell);
  return cells;
}

/// A table as psql prints it unaligned: the first line names the columns.
PgRows table(std::istream& in) {
  PgRows rows;
  for (std::string line; std::getline(in, line);) {
    if (rows.columns.empty()) {
      rows.columns = split(line);
      continue;
    }
    auto& row = rows.rows.emplace_back();
    for (std::string& cell : split(line))
      row.push_back(cell == "NULL" ? std::nullopt : std::optional(std::move(cell)));
  }
  return rows;
}
PgRows table(const std::string& text) {
  std::stringstream in(text);
  return table(in);
}

PgBouncerReplies recorded(const std::string& version) {
  const auto read = [&](const std::string& name) {
    std::ifstream file(holdfast::test::source_dir() + "/tests/data/pgbouncer/" + version + "/" +
                       name + ".txt");
    REQUIRE(file.is_open());
    return table(file);
  };
  return {read("pools"), read("databases"), read("config"), read("lists"), read("stats")};
}

Settings named(const std::string& check) {
  Settings s;
  s.check = check;
  return s;
}

const std::string kSessions = "application|user|database|state|sessions|in_state\n";
const std::string kLimits =
    "what|name|value\nsetting|max_connections|100\nsetting|superuser_reserved_connections|3\n"
    "database|default_db|-1\n";

}  // namespace

TEST_CASE("PgBouncer's console is read by column names, whatever its version") {
  for (const std::string version : {"1.12", "1.18", "1.26"}) {
    CAPTURE(version);
    const auto facts = parse_pgbouncer(recorded(version));
    REQUIRE(facts);
    REQUIRE(facts->pools.size() == 1);
    const Pool& pool = facts->pools[0];
    CHECK(pool.name == "default_db/app");
    CHECK(pool.in_use == 2.0);
    CHECK(pool.idle == 0.0);
    CHECK(pool.max == 2.0);
    CHECK(pool.waiting == 2.0);
    CHECK(*pool.max_wait == doctest::Approx(1.55851));
    REQUIRE(facts->waited.size() == 1);
    CHECK(facts->waited[0].first == "default_db");
    CHECK(facts->waited[0].second == doctest::Approx(11.999133));
    CHECK(facts->clients == 5.0);
    CHECK(facts->max_clients == 100.0);
    CHECK(facts->paused.empty());
  }
}

TEST_CASE("a pool size of 0 is no limit; the reserve and a database's own limit count") {
  struct Row {
    const char* databases;
    std::optional<double> max;
  };
  for (const Row& row :
       {Row{"name|pool_size|reserve_pool|max_connections\ndefault_db|0|0|0", std::nullopt},
        Row{"name|pool_size|reserve_pool|max_connections\ndefault_db|5|2|0", 7.0},
        Row{"name|pool_size|reserve_pool_size|max_connections\ndefault_db|5|2|0", 7.0},
        Row{"name|pool_size|reserve_pool|max_connections\ndefault_db|5|2|6", 6.0},
        Row{"name|pool_size|reserve_pool|max_connections\ndefault_db|0|0|9", 9.0},
        Row{"name|host\ndefault_db|localhost", 20.0},
        Row{"name|pool_size|paused|disabled\nother|5|0|0", 20.0}}) {
    CAPTURE(row.databases);
    PgBouncerReplies replies = recorded("1.18");
    replies.databases = table(row.databases);
    const auto facts = parse_pgbouncer(replies);
    REQUIRE(facts);
    CHECK(facts->pools[0].max == row.max);
  }
}

TEST_CASE("paused and disabled databases are read, and the console is not a database") {
  PgBouncerReplies replies = recorded("1.18");
  replies.databases = table("name|pool_size|paused|disabled\na|1|1|0\nb|1|0|1\npgbouncer|1|1|1");
  const auto facts = parse_pgbouncer(replies);
  REQUIRE(facts);
  CHECK(facts->paused == std::vector<std::string>{"a"});
  CHECK(facts->disabled == std::vector<std::string>{"b"});
}

TEST_CASE("an unreadable count from PgBouncer is garbage, never a zero") {
  const std::string head = "database|user|cl_waiting|sv_active|maxwait|maxwait_us\n";
  struct Row {
    std::string pools, text;
  };
  for (const Row& row :
       {Row{head + "d|u|-1|2|0|0", "PgBouncer's SHOW POOLS has a negative count in cl_waiting"},
        Row{head + "d|u|x|2|0|0", "PgBouncer's SHOW POOLS has no number in cl_waiting"},
        Row{head + "d|u|0|NULL|0|0", "PgBouncer's SHOW POOLS has no number in sv_active"},
        Row{head + "d|u|0|2||0", "PgBouncer's SHOW POOLS has no number in maxwait"},
        Row{"database|user\nd|u", "PgBouncer's SHOW POOLS has no number in cl_waiting"},
        Row{"x\n1", "PgBouncer's SHOW POOLS has a row without database or user"}}) {
    CAPTURE(row.pools);
    PgBouncerReplies replies = recorded("1.18");
    replies.pools = table(row.pools);
    const auto facts = parse_pgbouncer(replies);
    REQUIRE_FALSE(facts);
    CHECK(facts.error().reason == Reason::garbage);
    CHECK(facts.error().text == row.text);
  }
}

TEST_CASE("a pool listed twice is one pool with the longest wait, not the sum") {
  PgBouncerReplies replies = recorded("1.18");
  replies.pools = table(
      "database|user|cl_waiting|sv_active|maxwait|maxwait_us\n"
      "d|u|1|2|3|500000\nd|u|2|1|1|0");
  const auto facts = parse_pgbouncer(replies);
  REQUIRE(facts);
  REQUIRE(facts->pools.size() == 1);
  CHECK(facts->pools[0].waiting == 3.0);
  CHECK(facts->pools[0].max_wait == 3.5);
}

TEST_CASE("sessions are summed by server, database and limited role") {
  const PgRows sessions = table(kSessions +
                                "ai-admin-api|app|default_db|active|2|NULL\n"
                                "ai-admin-api|app|default_db|idle|1|NULL\n"
                                "bot|app|default_db|idle in transaction|1|12.5\n"
                                "psql|postgres|postgres|idle|1|NULL\n");
  Settings s = named("pool");
  s.budget = 21;
  const auto facts = parse_postgres(
      s, sessions, table(kLimits + "setting|reserved_connections|2\nrole|app|10\nrole|nobody|4\n"));
  REQUIRE(facts);
  REQUIRE(facts->pools.size() == 3);
  const Pool& whole = facts->pools[0];
  CHECK(whole.name == "server");
  CHECK(whole.in_use == 3.0);
  CHECK(whole.idle == 2.0);
  CHECK(whole.max == 95.0);
  CHECK(whole.occupied == 5.0);
  const Pool& database = facts->pools[1];
  CHECK(database.name == "database/default_db");
  CHECK(database.max == 21.0);
  CHECK(database.is_budget);
  CHECK(database.occupied == 3.0);
  CHECK(facts->open_in_database == 4);
  CHECK(facts->pools[2].name == "role/app");
  CHECK(facts->pools[2].max == 10.0);
  CHECK(facts->hidden == 0.0);
}

TEST_CASE("where states are hidden, connections in use are unknown, but open sessions are known") {
  const auto facts = parse_postgres(
      named("pool"), table(kSessions + "api|app|default_db|unknown|12|NULL\n"), table(kLimits));
  REQUIRE(facts);
  CHECK(facts->hidden == 12.0);
  CHECK_FALSE(facts->pools[0].in_use.has_value());
  CHECK(facts->pools[0].occupied == 12.0);
}

TEST_CASE("unreadable results from PostgreSQL fail closed") {
  const PgRows none = table(kSessions);
  const Settings s = named("pool");
  CHECK_FALSE(parse_postgres(s, table(kSessions + "a|u|d|idle|-3|NULL\n"), table(kLimits)));
  CHECK_FALSE(parse_postgres(s, table(kSessions + "a|u|d|idle|x|NULL\n"), table(kLimits)));
  CHECK_FALSE(parse_postgres(s, none, PgRows{}));
  CHECK_FALSE(parse_postgres(s, none, table("what|name|value\nsetting|max_connections|many\n")));
}

TEST_CASE("an application's pool is read by JSON pointers") {
  const auto facts = parse_http_pool(
      named("api"), R"({"x":[{"pool":1}],"pool":{"total":3,"idle":1,"waiting":4,"max":3}})");
  REQUIRE(facts);
  CHECK(facts->pools[0].name == "api");
  CHECK(facts->pools[0].in_use == 2.0);
  CHECK(facts->pools[0].waiting == 4.0);
  CHECK(facts->pools[0].max == 3.0);

  Settings odd = named("api");
  odd.pointers = {{"total", "/a/1/to~1tal"}, {"idle", "/a/0"}, {"waiting", ""}, {"max", ""}};
  const auto other = parse_http_pool(odd, R"({"a":[0,{"to/tal":7}]})");
  REQUIRE(other);
  CHECK(other->pools[0].in_use == 7.0);
  CHECK_FALSE(other->pools[0].waiting.has_value());
  CHECK_FALSE(other->pools[0].max.has_value());
}

TEST_CASE("each error in an application's document has its own text, which never quotes it") {
  const auto with = [](const std::string& total) {
    return R"({"pool":{"total":)" + total + R"(,"idle":1,"waiting":0,"max":3}})";
  };
  struct Row {
    std::string json, text;
  };
  for (const Row& row :
       {Row{"", "sent invalid JSON"}, Row{"<html>canary-123", "sent invalid JSON"},
        Row{R"({"pool":"canary-123)", "sent invalid JSON"},
        Row{with("3") + "x", "sent invalid JSON"}, Row{"{}", "has nothing at /pool/total"},
        Row{with(R"("3")"), "has something other than a number at /pool/total"},
        Row{with("null"), "has something other than a number at /pool/total"},
        Row{with("[3]"), "has something other than a number at /pool/total"},
        Row{with("-3"), "has a negative count at /pool/total"},
        Row{with("0"), "reports more idle connections than connections"},
        Row{with("1e999"), "sent invalid JSON"},
        Row{std::string(100'000, '['), "sent JSON nested more than 64 deep"}}) {
    CAPTURE(row.text);
    const auto facts = parse_http_pool(named("api"), row.json);
    REQUIRE_FALSE(facts);
    CHECK(facts.error().reason == Reason::garbage);
    CHECK(facts.error().text == "the pool endpoint of api " + row.text);
  }
}

TEST_CASE("the check asks the console by its dialect, and passes failures on") {
  CheckConfig config{.name = "pooler", .kind = "pool"};
  config.database.name = "console";
  config.options.set("source", std::string("pgbouncer"));
  std::vector<OptionError> errors;
  const auto check = pool_kind().make(config, errors);
  REQUIRE(check);
  holdfast::testing::FakeDatabases databases;
  holdfast::testing::NoResolver resolver;
  Memory memory;
  Trace trace;
  const auto run_check = [&] {
    Run run{Deadline(std::chrono::seconds(5), nullptr), {}, memory, databases, resolver, trace};
    return check->run(run);
  };
  const PgBouncerReplies replies = recorded("1.18");
  databases.session.answer("SHOW POOLS", replies.pools);
  databases.session.answer("SHOW DATABASES", replies.databases);
  databases.session.answer("SHOW CONFIG", replies.config);
  databases.session.answer("SHOW LISTS", replies.lists);
  databases.session.answer("SHOW STATS", replies.stats);
  CHECK_FALSE(run_check().failure.has_value());
  CHECK(databases.asked_dialect == PgDialect::console);
  CHECK(trace.steps().size() == 5);
  databases.session.answer("SHOW LISTS", Error{Reason::closed, "query", "", ""});
  CHECK(run_check().failure->reason == Reason::closed);
  databases.refuse = Error{Reason::refused, "tcp", "", ""};
  CHECK(run_check().failure->reason == Reason::refused);
}

TEST_CASE("options that contradict each other are errors that say why") {
  using Map = std::map<std::string, std::string>;
  using Text = std::string;
  struct Row {
    std::vector<std::pair<std::string, OptionValue>> options;
    bool has_database;
    std::string fault;
  };
  const std::pair<std::string, OptionValue> http{"source", Text("http")};
  for (const Row& row : std::vector<Row>{
           {{http}, false, "source: needs a url when the source is http"},
           {{{"source", Text("postgres")}},
            false,
            ": needs a database when the source is not http"},
           {{http, {"url", Text("https://x/")}},
            false,
            "url: cannot be https yet; use http on the application's own host"},
           {{http, {"url", Text("file:///etc/passwd")}}, false, "url: must begin with http://"},
           {{http, {"url", Text("http://u:p@x/")}},
            false,
            "url: must not contain a user name or a password"},
           {{http, {"url", Text("http://x:99999/")}},
            false,
            "url: has a port that is not a number from 1 to 65535"},
           {{http, {"url", Text("http://x/\r\nHost: y")}},
            false,
            "url: must not contain spaces or control characters"},
           {{http, {"url", Text("http://x/")}, {"pointers", Map{{"idle", "pool.idle"}}}},
            false,
            "pointers.idle: needs a JSON pointer, such as /pool/total"},
           {{{"source", Text("postgres")}, {"url", Text("http://x/")}},
            true,
            "url: is only valid with source: http"},
           {{{"source", Text("pgbouncer")}, {"budget", 21.0}},
            true,
            "budget: is only valid with source: postgres"},
       }) {
    CAPTURE(row.fault);
    CheckConfig config{.name = "pool", .kind = "pool"};
    for (const auto& [name, value] : row.options) config.options.set(name, value);
    if (row.has_database) config.database.name = "main";
    std::vector<OptionError> errors;
    CHECK(pool_kind().make(config, errors) == nullptr);
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].option + ": " + errors[0].text == row.fault);
  }
}
