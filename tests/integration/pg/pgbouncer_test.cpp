// SPDX-License-Identifier: Apache-2.0
// Kind `pool` at the console of a real PgBouncer in front of the real server.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "checks/pool/judge.h"
#include "checks/support/pg/dial.h"
#include "tests/integration/pg/site.h"

using namespace holdfast;
using holdfast::test::codes;
using holdfast::test::limit;
using holdfast::test::PgServer;
using holdfast::test::sample;
using holdfast::test::Site;

namespace {

Deadline patient() { return {std::chrono::seconds(30), nullptr}; }

/// A PgBouncer whose one pool has two connections; ended by its process id.
class Bouncer {
 public:
  explicit Bouncer(const Site& site) : database_(site.database()) {
    PgServer& server = PgServer::shared();
    const Database back = site.superuser();
    database_.name = "console";
    database_.dbname = "pgbouncer";
    database_.host = "127.0.0.1";
    database_.port = holdfast::test::free_port();
    database_.sslmode = "disable";
    // Not by its name: where that means ::1 too, PgBouncer may begin there, and then it waits 15 s.
    const std::string file = server.write(
        "pgbouncer.ini",
        "[databases]\nsite = host=127.0.0.1 port=" + back.port + " dbname=" + back.dbname +
            " user=" + back.user + " password=" + back.password.read().value() +
            " pool_size=2\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=" + database_.port +
            "\nunix_socket_dir=\nauth_type=any\nstats_users=site_watch\nadmin_users=postgres\n"
            "pool_mode=transaction\nserver_tls_sslmode=require\nlogfile=" +
            server.path("pgbouncer.log") + "\npidfile=" + server.path("pgbouncer.pid") + "\n",
        0600);
    const std::string as = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    if (std::system((as + "env PATH=\"$PATH:/usr/sbin\" pgbouncer -q -d " + file).c_str()) != 0)
      throw std::runtime_error("PgBouncer does not start");
    // It has gone to the background; it writes its number before it listens.
    const auto resolver = make_resolver();
    for (const Deadline until = patient(); !until.is_over();) {
      if (dial(database_, *resolver, until).error) continue;
      std::ifstream(server.path("pgbouncer.pid")) >> pid_;
      return;
    }
    throw std::runtime_error("PgBouncer does not listen");
  }
  ~Bouncer() {
    if (pid_ > 1) ::kill(pid_, SIGTERM);
  }
  Bouncer(const Bouncer&) = delete;
  Bouncer& operator=(const Bouncer&) = delete;

  [[nodiscard]] const Database& console() const { return database_; }
  [[nodiscard]] Database front() const {
    Database made = database_;
    made.dbname = "site";
    return made;
  }

 private:
  Database database_;
  pid_t pid_ = 0;
};

/// Logs in, also where PgBouncer refuses or stays silent at first: it does so for a while when the
/// server behind it had no time for it. Each try is short, so that the next may find it well.
PgConnection open(const Database& database) {
  const auto resolver = make_resolver();
  std::string why;
  for (const Deadline until = patient(); !until.is_over();) {
    auto dialled = dial(database, *resolver, {std::chrono::seconds(5), nullptr});
    if (!dialled.error) return std::move(dialled.connection);
    why = dialled.error->phase + ": " + dialled.error->text;
  }
  std::ifstream log(PgServer::shared().path("pgbouncer.log"));
  FAIL(why, "\n", std::string(std::istreambuf_iterator<char>(log), {}));
  throw std::logic_error("FAIL returned");
}

}  // namespace

TEST_CASE("clients waiting for PgBouncer's connections are counted until they get one") {
  Site site;
  const Bouncer bouncer(site);
  CheckConfig config{.name = "pooler", .kind = "pool"};
  config.database = bouncer.console();
  config.options.set("source", std::string("pgbouncer"));
  config.options.set("waiting", limit(Unit::count, 0, 5));
  const auto run_check = [&] { return site.run(pool_kind(), config); };
  CHECK(codes(run_check()) == "");

  PgConnection first = open(bouncer.front());
  PgConnection second = open(bouncer.front());
  for (PgConnection* holder : {&first, &second}) REQUIRE(holder->query("BEGIN", patient()));
  PgConnection third = open(bouncer.front());
  bool is_served = false;
  std::thread waiter([&] { is_served = third.query("SELECT 1", patient()).has_value(); });

  std::string seen;
  Reading reading;
  for (int tries = 0; tries < 2000 && seen.empty(); ++tries) {
    reading = run_check();
    seen = codes(reading);
  }
  CHECK(seen == "pool_clients_waiting");
  CHECK(sample(reading, "pool_in_use_connections", {"site/postgres"}) == 2.0);
  CHECK(sample(reading, "pool_max_connections", {"site/postgres"}) == 2.0);
  CHECK(sample(reading, "pool_waiting_clients", {"site/postgres"}) == 1.0);
  REQUIRE(reading.findings.size() == 1);
  CHECK(reading.findings[0].text.find("all 2 connections are in use") != std::string::npos);

  for (PgConnection* holder : {&first, &second}) CHECK(holder->query("ROLLBACK", patient()));
  waiter.join();
  CHECK(is_served);
  for (int tries = 0; tries < 2000 && !seen.empty(); ++tries) seen = codes(run_check());
  CHECK(seen == "");

  Database admin = bouncer.console();
  admin.user = "postgres";
  CHECK(open(admin).query("PAUSE site", patient()));
  CHECK(codes(run_check()) == "pool_paused");
}
