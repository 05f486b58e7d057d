// SPDX-License-Identifier: Apache-2.0
// The shared session on a real server, over TLS.
#include "checks/support/pg/session.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <chrono>
#include <thread>

#include "checks/support/io/resolver.h"
#include "tests/integration/pg/server.h"

using namespace holdfast;
using holdfast::test::PgServer;
using std::chrono::milliseconds;

namespace {

Deadline patient() { return {std::chrono::seconds(30), nullptr}; }

struct Fixture {
  PgServer& server = PgServer::shared();
  std::unique_ptr<Resolver> resolver = make_resolver();
  std::unique_ptr<Databases> databases = make_databases(*resolver);

  Result<PgRows> query(std::string_view sql, const Deadline& deadline = patient()) {
    auto lease = databases->lease(server.database(), deadline);
    if (!lease) return lease.error();
    return (*lease)->query(sql, deadline);
  }
  std::string cell(std::string_view sql) {
    auto rows = query(sql);
    REQUIRE(rows);
    REQUIRE(rows->size() == 1);
    return rows->rows[0][0].value_or("NULL");
  }
};

}  // namespace

TEST_CASE_FIXTURE(Fixture,
                  "a leased session returns values by column name and distinguishes NULL") {
  const auto rows = query("SELECT 1 AS one, NULL AS nothing, 'x' AS word, 0.5 AS half");
  REQUIRE(rows);
  CHECK(rows->number(0, "one") == 1.0);
  CHECK(rows->number(0, "half") == 0.5);
  CHECK_FALSE(rows->text(0, "nothing").has_value());
  CHECK_FALSE(rows->number(0, "word").has_value());
  CHECK_FALSE(rows->text(0, "absent").has_value());
  CHECK_FALSE(rows->has("absent"));
  CHECK(rows->text(0, "word") == "x");
}

TEST_CASE_FIXTURE(Fixture, "a session is reused by the next lease") {
  const auto first = cell("SELECT pg_backend_pid()");
  CHECK(cell("SELECT pg_backend_pid()") == first);
  CHECK(cell("SELECT application_name FROM pg_stat_activity WHERE pid = pg_backend_pid()") ==
        "holdfast");
}

TEST_CASE_FIXTURE(Fixture,
                  "every statement runs read-only, with time-outs, without parallel workers") {
  CHECK(cell("SELECT current_setting('transaction_read_only')") == "on");
  CHECK(cell("SELECT current_setting('max_parallel_workers_per_gather')") == "0");
  CHECK(cell("SELECT current_setting('statement_timeout') <> '0'") == "t");
  CHECK(cell("SELECT current_setting('lock_timeout')") == "1s");
  CHECK(cell("SELECT current_setting('idle_in_transaction_session_timeout')") == "10s");
  const auto refused = query("CREATE TABLE never (x int)");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sqlstate == "25006");
  CHECK(refused.error().reason == Reason::query_failed);
}

TEST_CASE_FIXTURE(Fixture, "a failed statement has its reason, and the session stays usable") {
  const auto pid = cell("SELECT pg_backend_pid()");
  struct Row {
    const char* sql;
    Reason reason;
    const char* state;
  };
  for (const Row& row : {Row{"SELECT * FROM no_such_table", Reason::missing, "42P01"},
                         Row{"SELECT no_such_column", Reason::missing, "42703"},
                         Row{"SELECT * FROM no_such_schema.t", Reason::missing, "42P01"},
                         Row{"SELECT rolpassword FROM pg_authid", Reason::no_right, "42501"},
                         Row{"SELECT 1/0", Reason::query_failed, "22012"}}) {
    CAPTURE(row.sql);
    const auto answer = query(row.sql);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().reason == row.reason);
    CHECK(answer.error().sqlstate == row.state);
    CHECK(answer.error().phase == "query");
  }
  CHECK(cell("SELECT pg_backend_pid()") == pid);
}

TEST_CASE_FIXTURE(Fixture, "a killed backend is noticed and the next statement gets a new one") {
  const auto first = cell("SELECT pg_backend_pid()");
  server.run("SELECT pg_terminate_backend(" + first + ", 10000)");
  CHECK(cell("SELECT pg_backend_pid()") != first);
}

TEST_CASE_FIXTURE(Fixture, "a backend killed during a lease is reconnected once") {
  cell("SELECT 1");
  auto lease = databases->lease(server.database(), patient());
  REQUIRE(lease);
  server.run(
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
      "WHERE application_name = 'holdfast' AND usename = 'holdfast'");
  CHECK((*lease)->query("SELECT 1", patient()));
}

TEST_CASE_FIXTURE(Fixture, "after a server restart the session is reconnected") {
  cell("SELECT 1");
  server.stop();
  const auto down = query("SELECT 1");
  REQUIRE_FALSE(down);
  CHECK(down.error().reason == Reason::refused);
  server.start();
  CHECK(cell("SELECT 1") == "1");
}

TEST_CASE_FIXTURE(Fixture, "a slow statement is ended by the server before our own deadline") {
  const auto answer = query("SELECT pg_sleep(60)", Deadline(milliseconds(400), nullptr));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == Reason::timed_out);
  CHECK(answer.error().sqlstate == "57014");
  CHECK(cell("SELECT 1") == "1");
}

TEST_CASE_FIXTURE(Fixture, "a frozen backend is cut at the deadline, and its slot stays in use") {
  const auto frozen = std::stoi(cell("SELECT pg_backend_pid()"));
  PgServer::signal(frozen, SIGSTOP);
  const auto answer = query("SELECT 1", Deadline(milliseconds(300), nullptr));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == Reason::timed_out);
  const auto next = query("SELECT 1", Deadline(milliseconds(100), nullptr));
  PgServer::signal(frozen, SIGCONT);
  REQUIRE_FALSE(next);
  CHECK(next.error().reason == Reason::no_slot);
  CHECK(cell("SELECT 1") == "1");
}

TEST_CASE_FIXTURE(Fixture, "waiting for another's statement ends as no_slot") {
  auto held = databases->lease(server.database(), patient());
  REQUIRE(held);
  const auto second = query("SELECT 1", Deadline(milliseconds(50), nullptr));
  REQUIRE_FALSE(second);
  CHECK(second.error().reason == Reason::no_slot);
}

TEST_CASE_FIXTURE(Fixture, "stop ends a statement at once") {
  StopEvent stop;
  cell("SELECT 1");
  std::thread stopper([&] {
    // Once the statement is seen to run, it is stopped.
    while (server.query("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(61)%' "
                        "AND usename = 'holdfast'") == "0") {
    }
    stop.fire();
  });
  const auto answer = query("SELECT pg_sleep(61)", Deadline(std::chrono::seconds(60), &stop));
  stopper.join();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().reason == Reason::stopped);
}

TEST_CASE_FIXTURE(Fixture, "more rows or bytes than the bound are too large") {
  const auto rows = query("SELECT generate_series(1, 20001)");
  REQUIRE_FALSE(rows);
  CHECK(rows.error().reason == Reason::too_large);
  CHECK(query("SELECT generate_series(1, 20000)"));
  const auto bytes =
      query("SELECT repeat('x', 100 * 1024 * 1024)", Deadline(std::chrono::seconds(20), nullptr));
  REQUIRE_FALSE(bytes);
  CHECK(bytes.error().reason == Reason::too_large);
}

TEST_CASE_FIXTURE(Fixture, "queries do not count as rollbacks in the server's statistics") {
  const auto count = [&](const char* column) {
    return std::stol(server.query(std::string("SELECT ") + column +
                                  " FROM pg_stat_database WHERE datname = 'app'"));
  };
  const long commits = count("xact_commit");
  const long rollbacks = count("xact_rollback");
  for (int i = 0; i < 10; ++i) cell("SELECT 1");
  databases.reset();  // A backend reports what it counted at its end at the latest.
  while (count("xact_commit") < commits + 10) {
    REQUIRE(count("xact_rollback") < rollbacks + 10);
  }
  CHECK(count("xact_rollback") < rollbacks + 10);
}

TEST_CASE_FIXTURE(
    Fixture, "identifiers and literals are quoted so that the server reads them back unchanged") {
  auto lease = databases->lease(server.database(), patient());
  REQUIRE(lease);
  for (const std::string text : {"it's", R"(back\slash)", R"(both\'")", "", "x; DROP TABLE y"}) {
    CAPTURE(text);
    const auto rows = (*lease)->query(
        "SELECT " + (*lease)->quote(text) + " AS " + (*lease)->quote_name("a\"b"), patient());
    REQUIRE(rows);
    CHECK(rows->text(0, "a\"b") == text);
  }
  CHECK((*lease)->server_version() >= 140000);
}
