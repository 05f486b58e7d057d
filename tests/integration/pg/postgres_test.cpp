// SPDX-License-Identifier: Apache-2.0
// Kind `postgres` on a real server over TLS: the reading of a healthy server and of each failure.
#include "checks/postgres/postgres.h"

#include <doctest/doctest.h>
#include <signal.h>

#include <algorithm>
#include <functional>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/session.h"
#include "tests/integration/pg/server.h"

using namespace holdfast;
using holdfast::test::PgServer;

namespace {

/// One check on the shared server, run as the runner runs it.
struct PostgresSite {
  PgServer& server = PgServer::shared();
  std::unique_ptr<Resolver> resolver = make_resolver();
  std::unique_ptr<Databases> databases = make_databases(*resolver);
  Memory memory;
  Trace trace;
  PostgresSettings settings{.database = server.database(),
                            .latency = {.unit = Unit::seconds, .warning = 20.0},
                            .connect = {.unit = Unit::seconds, .warning = 20.0},
                            .certificate = {.unit = Unit::seconds,
                                            .side = Limit::Side::lower,
                                            .warning = 14 * 86400.0,
                                            .critical = 3 * 86400.0},
                            .connections = {.unit = Unit::ratio, .warning = 0.99},
                            .oldest_transaction = {.unit = Unit::seconds, .warning = 3600.0},
                            .replication_lag = {.unit = Unit::seconds, .warning = 60.0},
                            .role = PostgresSettings::Role::primary,
                            .facts_interval = std::chrono::seconds(60)};

  Reading run_check(Duration timeout = std::chrono::seconds(20)) {
    trace = {};
    Run run{.deadline = Deadline(timeout, nullptr),
            .now = {std::chrono::system_clock::now(), std::chrono::steady_clock::now()},
            .memory = memory,
            .databases = *databases,
            .resolver = *resolver,
            .trace = trace};
    Reading reading = judge_postgres(settings, fetch_postgres(settings, run), memory, run.now);
    if (!reading.failure && reading.memory) memory = *reading.memory;
    return reading;
  }
};

std::optional<double> value_of(const Reading& reading, std::string_view metric,
                               const std::vector<std::string>& labels = {}) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == metric && sample.labels == labels && sample.value != 0)
      return sample.value;
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == metric && sample.labels == labels) return sample.value;
  return std::nullopt;
}

bool has_finding(const Reading& reading, std::string_view code) {
  return std::ranges::any_of(reading.findings,
                             [&](const Finding& finding) { return finding.code == code; });
}

/// How many sessions of ours the server has.
int sessions(PgServer& server) {
  return std::stoi(
      server.query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'holdfast'"));
}

/// Repeats `condition` until it holds, for at most a minute.
bool eventually(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!condition())
    if (std::chrono::steady_clock::now() > end) return false;
  return true;
}

}  // namespace

TEST_CASE_FIXTURE(PostgresSite,
                  "a healthy server over TLS: every phase, the chain and the statistics") {
  const Reading reading = run_check();
  REQUIRE_FALSE(reading.failure);
  CHECK(status_of(reading) == Status::ok);
  CHECK(value_of(reading, "postgres_up") == 1.0);
  CHECK(value_of(reading, "postgres_query_duration_seconds").value_or(0) > 0);
  CHECK(value_of(reading, "postgres_connect_duration_seconds").value_or(0) > 0);
  for (const std::string phase : {"resolve", "tcp", "tls", "auth"}) {
    CAPTURE(phase);
    CHECK(value_of(reading, "postgres_connect_phase_duration_seconds", {phase}).value_or(0) > 0);
  }
  CHECK(value_of(reading, "postgres_tls_info", {"TLSv1.3", "TLS_AES_256_GCM_SHA384"}) == 1.0);
  for (const std::string position : {"leaf", "root"}) {
    CAPTURE(position);
    CHECK(value_of(reading, "postgres_certificate_not_after_timestamp_seconds", {position})
              .value_or(0) > 1.7e9);
  }
  CHECK(value_of(reading, "postgres_failures_total", {"tls", "expired"}) == 0.0);
  CHECK(value_of(reading, "postgres_in_recovery") == 0.0);
  CHECK(value_of(reading, "postgres_max_connections") == 20.0);
  CHECK(value_of(reading, "postgres_database_size_bytes").value_or(0) > 1e6);
  CHECK(value_of(reading, "postgres_commits_total").value_or(0) > 0);
  CHECK(value_of(reading, "postgres_waiting_locks") == 0.0);
}

TEST_CASE_FIXTURE(PostgresSite,
                  "a server before 18 asks for a second hello, and the info has its price") {
  // On loopback the second hello is sometimes over before we listen; then the next run sees it.
  Reading reading = run_check();
  for (int i = 0; i < 100 && !has_finding(reading, "postgres_tls_extra_round_trip"); ++i)
    reading = run_check();
  const auto found =
      std::ranges::find(reading.findings, "postgres_tls_extra_round_trip", &Finding::code);
  REQUIRE(found != reading.findings.end());
  CHECK(found->severity == Severity::info);
  CHECK(
      found->text.starts_with("The TLS handshake needs an extra round trip (HelloRetryRequest, +"));
}

TEST_CASE_FIXTURE(
    PostgresSite,
    "a missing privilege is info, affects only its facts, and stays until the next query") {
  // Another user's session, whose state is hidden from our role.
  auto holder = databases->lease(server.superuser(), Deadline(std::chrono::seconds(20), nullptr));
  REQUIRE(holder);
  const Reading first = run_check();
  CHECK(has_finding(first, "postgres_right_missing"));
  CHECK_FALSE(value_of(first, "postgres_backends", {"active"}).has_value());
  CHECK(value_of(first, "postgres_database_size_bytes").has_value());
  const Reading second = run_check();
  CHECK(has_finding(second, "postgres_right_missing"));
  CHECK_FALSE(value_of(second, "postgres_database_size_bytes").has_value());
  CHECK(status_of(second) == Status::ok);

  server.run("GRANT pg_read_all_stats TO holdfast");
  memory = {};
  const Reading third = run_check();
  server.run("REVOKE pg_read_all_stats FROM holdfast");
  CHECK_FALSE(has_finding(third, "postgres_right_missing"));
  CHECK(value_of(third, "postgres_backends", {"active"}).value_or(0) >= 1);
}

TEST_CASE_FIXTURE(PostgresSite, "at most three connections, however often it runs") {
  for (int i = 0; i < 5; ++i) {
    memory = {};
    CHECK_FALSE(run_check().failure);
    CHECK(sessions(server) <= 3);
  }
}

TEST_CASE_FIXTURE(PostgresSite,
                  "a killed persistent connection is replaced in the same run, with a note") {
  CHECK_FALSE(run_check().failure);
  server.run(
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
      "WHERE usename = 'holdfast'");
  const Reading reading = run_check();
  CHECK_FALSE(reading.failure);
  CHECK(value_of(reading, "postgres_query_duration_seconds").has_value());
  CHECK(std::ranges::count(reading.notes,
                           "the persistent connection was lost and has been replaced") == 1);
}

TEST_CASE_FIXTURE(PostgresSite,
                  "a stopped server refuses connections, and works after its restart") {
  CHECK_FALSE(run_check().failure);
  server.stop();
  const Reading down = run_check();
  REQUIRE(down.failure);
  CHECK(down.failure->reason == Reason::refused);
  CHECK(down.failure->phase == "tcp");
  CHECK(down.failure->text ==
        "the database demo refuses connections: nothing listens on localhost:" +
            settings.database.port);
  CHECK(value_of(down, "postgres_up") == 0.0);
  CHECK(value_of(down, "postgres_failures_total", {"tcp", "refused"}) == 1.0);
  CHECK(status_of(down) == Status::critical);
  server.start();
  CHECK_FALSE(run_check().failure);
}

TEST_CASE_FIXTURE(PostgresSite,
                  "a frozen server times out in the phase it froze in, and thawed is well") {
  CHECK_FALSE(run_check().failure);
  server.freeze();
  const Reading frozen = run_check(std::chrono::seconds(4));
  server.thaw();
  REQUIRE(frozen.failure);
  CHECK(frozen.failure->reason == Reason::timed_out);
  CHECK(frozen.failure->phase == "tls");
  CHECK(frozen.failure->text.starts_with(
      "the database demo did not answer the TLS handshake in time ("));
  // The backend of the persistent connection is another process, which still answered.
  CHECK(value_of(frozen, "postgres_query_duration_seconds").has_value());
  CHECK_FALSE(run_check().failure);
}

TEST_CASE_FIXTURE(PostgresSite,
                  "a frozen backend of the persistent connection is a timeout of the query") {
  CHECK_FALSE(run_check().failure);
  const auto pids = server.query(
      "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity WHERE usename = 'holdfast' AND "
      "query "
      "= 'SELECT 1'");
  const pid_t kept = std::stoi(pids);
  PgServer::signal(kept, SIGSTOP);
  const Reading reading = run_check(std::chrono::seconds(4));
  PgServer::signal(kept, SIGCONT);
  REQUIRE(reading.failure);
  CHECK(reading.failure->reason == Reason::timed_out);
  CHECK(reading.failure->phase == "query");
  CHECK(reading.failure->text.starts_with(
      "the database demo did not answer a query on the persistent connection in time ("));
  CHECK_FALSE(run_check().failure);
}

TEST_CASE_FIXTURE(PostgresSite, "while a frozen backend is alive, no new connection is kept open") {
  CHECK_FALSE(run_check().failure);
  const pid_t kept = std::stoi(server.query(
      "SELECT pid FROM pg_stat_activity WHERE usename = 'holdfast' AND query = 'SELECT 1'"));
  const int before =
      sessions(server);  // The persistent one, and the shared one for the statistics.
  PgServer::signal(kept, SIGSTOP);
  CHECK(run_check(std::chrono::seconds(4)).failure);
  for (int i = 0; i < 3; ++i) {
    CHECK_FALSE(run_check().failure);
    // The new connection is closed, but its backend needs a moment to exit.
    CHECK(eventually([&] { return sessions(server) <= before; }));
  }
  PgServer::signal(kept, SIGCONT);
  CHECK(eventually([&] { return sessions(server) < before; }));
  CHECK_FALSE(run_check().failure);
  CHECK(sessions(server) == before);
}

TEST_CASE_FIXTURE(PostgresSite, "every refused certificate has its own reason") {
  const auto now = std::chrono::system_clock::now();
  const auto day = std::chrono::hours(24);
  const auto foreign = test::Identity::authority("Somebody Else");
  struct Row {
    test::Identity identity;
    Reason reason;
    std::string text;
  };
  for (const Row& row :
       {Row{server.authority().issue("localhost", now - 9 * day, now - 2 * day), Reason::expired,
            "the database demo has a certificate (\"localhost\") that expired on "},
        Row{server.authority().issue("localhost", now + 2 * day, now + 30 * day),
            Reason::not_yet_valid,
            "the database demo has a certificate (\"localhost\") that is not valid before "},
        Row{server.authority().issue("db.example", now - day, now + 31 * day), Reason::wrong_host,
            "the database demo has a certificate that was not issued for localhost"},
        Row{foreign.issue("localhost", now - day, now + 32 * day), Reason::unknown_authority,
            "the database demo has a certificate signed by an unknown authority"}}) {
    CAPTURE(name_of(row.reason));
    server.show(row.identity);
    const Reading reading = run_check();
    REQUIRE(reading.failure);
    CHECK(name_of(reading.failure->reason) == name_of(row.reason));
    CHECK(reading.failure->phase == "tls");
    CHECK(reading.failure->text.starts_with(row.text));
  }
  server.show_good();
  CHECK_FALSE(run_check().failure);
}

TEST_CASE_FIXTURE(PostgresSite, "a certificate that expires soon is a finding with the date") {
  const auto now = std::chrono::system_clock::now();
  const auto day = std::chrono::hours(24);
  server.show(server.authority().issue("localhost", now - day, now + 2 * day));
  const Reading reading = run_check();
  server.show_good();
  CHECK_FALSE(reading.failure);
  CHECK(status_of(reading) == Status::critical);
  CHECK(has_finding(reading, "postgres_certificate_expiring"));
}

TEST_CASE_FIXTURE(PostgresSite, "each authentication failure has its own reason") {
  struct Row {
    std::string user;
    std::string password;
    std::string dbname;
    Reason reason;
    std::string state;
  };
  for (const Row& row :
       {Row{"holdfast", "wrong", "app", Reason::login_refused, "28P01"},
        Row{"nobody", "wrong", "app", Reason::login_refused, "28P01"},
        Row{"holdfast", "canary-s3cret", "absent", Reason::no_such_database, "3D000"}}) {
    CAPTURE(row.user);
    CAPTURE(row.dbname);
    settings.database.user = row.user;
    settings.database.password = Secret::from_value(row.password);
    settings.database.dbname = row.dbname;
    const Reading reading = run_check();
    REQUIRE(reading.failure);
    CHECK(name_of(reading.failure->reason) == name_of(row.reason));
    CHECK(reading.failure->sqlstate == row.state);
    CHECK(reading.failure->phase == "auth");
    CHECK(reading.failure->text.find("canary") == std::string::npos);
  }
}

TEST_CASE_FIXTURE(PostgresSite, "a server without TLS and one that requires it are distinguished") {
  settings.database.sslmode = "disable";
  const Reading insists = run_check();
  REQUIRE(insists.failure);
  CHECK(insists.failure->reason == Reason::login_refused);
  settings.database.sslmode = "verify-full";
  server.run("ALTER SYSTEM SET ssl = off");
  server.run("SELECT pg_reload_conf()");
  Reading without = run_check();
  while (!without.failure) without = run_check();  // The reload takes a moment.
  // Straight to the file: no TLS, no login.
  server.command("sed -i /ssl/d " + server.path("data/postgresql.auto.conf"));
  PgServer::signal(server.pid(), SIGHUP);
  CHECK(without.failure->reason == Reason::no_tls);
  CHECK(without.failure->phase == "tls");
  CHECK(without.failure->text ==
        "the database demo does not offer TLS, and sslmode is verify-full");
  while (run_check().failure) {
  }
}

TEST_CASE_FIXTURE(PostgresSite, "no connection left is too many clients") {
  server.run("ALTER ROLE holdfast CONNECTION LIMIT 0");
  const Reading reading = run_check();
  server.run("ALTER ROLE holdfast CONNECTION LIMIT -1");
  REQUIRE(reading.failure);
  CHECK(reading.failure->reason == Reason::too_many_clients);
  CHECK(reading.failure->sqlstate == "53300");
  CHECK_FALSE(run_check().failure);
}

TEST_CASE_FIXTURE(PostgresSite, "a missing certificate authority file is unknown, not critical") {
  settings.database.sslrootcert = server.path("absent.pem");
  const Reading reading = run_check();
  REQUIRE(reading.failure);
  CHECK(reading.failure->reason == Reason::no_secret);
  CHECK(status_of(reading) == Status::unknown);
}

TEST_CASE_FIXTURE(PostgresSite, "a weaker sslmode is a finding and works") {
  settings.database.sslmode = "require";
  const Reading reading = run_check();
  CHECK_FALSE(reading.failure);
  CHECK(has_finding(reading, "postgres_sslmode_weak"));
}

TEST_CASE_FIXTURE(PostgresSite, "libpq's environment variables are ignored") {
  for (const char* name : {"PGOPTIONS", "PGSERVICE", "PGSSLMODE", "PGSSLROOTCERT", "PGHOST",
                           "PGCHANNELBINDING", "PGTARGETSESSIONATTRS", "PGPASSFILE"})
    ::setenv(name, "read-write-nonsense", 1);
  databases = make_databases(*resolver);
  const Reading reading = run_check();
  for (const char* name : {"PGSSLMODE", "PGSSLROOTCERT", "PGHOST", "PGCHANNELBINDING",
                           "PGTARGETSESSIONATTRS", "PGPASSFILE"})
    ::unsetenv(name);
  CHECK_FALSE(reading.failure);
}
