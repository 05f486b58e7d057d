// SPDX-License-Identifier: Apache-2.0
// What our way of asking PostgreSQL costs over bare libpq: a query on a persistent connection, and
// a new connection. Both sides use the same parameters, server and TLS.
//   bench_postgres query|connect HOST PORT DBNAME USER PASSWORD_FILE ROOT_CERTIFICATE
#include <libpq-fe.h>
#include <poll.h>

#include <cstdlib>
#include <memory>
#include <span>
#include <stdexcept>

#include "checks/support/io/resolver.h"
#include "checks/support/pg/dial.h"
#include "checks/support/pg/session.h"
#include "tests/bench/measure.h"

using namespace holdfast;
using namespace holdfast::bench;

namespace {

constexpr int kRounds = 10;

Deadline soon() { return Deadline(std::chrono::seconds(30), nullptr); }

void need(bool is_well, const char* what) {
  if (!is_well) throw std::runtime_error(what);
}

struct Parameters {
  std::vector<std::string> values;
  const char* names[9] = {"host",    "port",        "dbname",     "user", "password",
                          "sslmode", "sslrootcert", "gssencmode", nullptr};
  const char* texts[9] = {};

  explicit Parameters(const Database& d)
      : values{d.host,        d.port,        d.dbname, d.user, *d.password.read(),
               "verify-full", d.sslrootcert, "disable"} {
    for (std::size_t i = 0; i < values.size(); ++i) texts[i] = values[i].c_str();
  }
};

// As bare as it can be without blocking: libpq's own state machine and poll.
PGconn* connect_bare(const Parameters& parameters) {
  PGconn* connection = PQconnectStartParams(parameters.names, parameters.texts, 0);
  PostgresPollingStatusType wants = PGRES_POLLING_WRITING;
  while (wants == PGRES_POLLING_READING || wants == PGRES_POLLING_WRITING) {
    pollfd entry{PQsocket(connection),
                 static_cast<short>(wants == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    need(::poll(&entry, 1, 30'000) == 1, "the bare connection waited too long");
    wants = PQconnectPoll(connection);
  }
  need(wants == PGRES_POLLING_OK, "the bare connection failed");
  return connection;
}

void bench_query(const Database& database) {
  const Parameters parameters(database);
  const std::unique_ptr<PGconn, void (*)(PGconn*)> bare(connect_bare(parameters), PQfinish);
  PQsetnonblocking(bare.get(), 0);
  const auto resolver = make_resolver();
  Dialled ours = dial(database, *resolver, soon());
  need(!ours.error, "our connection failed");
  const auto databases = make_databases(*resolver);
  std::vector<Contestant> contestants{
      {"bare `PQexec`",
       [&] {
         PGresult* result = PQexec(bare.get(), "SELECT 1");
         need(PQresultStatus(result) == PGRES_TUPLES_OK, "PQexec failed");
         PQclear(result);
       }},
      {"Holdfast, the persistent connection of `postgres`",
       [&] { need(bool(ours.connection.query("SELECT 1", soon())), "our query failed"); }},
      {"Holdfast, a leased session: read-only transaction, four timeouts, query, rollback",
       [&] {
         auto lease = databases->lease(database, soon());
         need(bool(lease), "the lease failed");
         need(bool((*lease)->query("SELECT 1", soon())), "the leased query failed");
       }},
  };
  race(contestants, kRounds, 2000, 20);
  std::printf(
      "| `SELECT 1` | wall µs, median of %d rounds' medians [min to max] | ratio | CPU µs | ratio "
      "|\n"
      "| --- | --- | --- | --- | --- |\n",
      kRounds);
  for (const Contestant& one : contestants) print_row(one, contestants[0], 1, "%.1f");
  const double more = median_difference(contestants[1].wall, contestants[0].wall);
  char text[64];
  std::snprintf(text, sizeof text, "%+.1f µs (median of the rounds' differences)", more);
  print_target("Holdfast's query at most 30 µs over bare `PQexec`", more <= 30, text);
}

void bench_connect(const Database& database) {
  const Parameters parameters(database);
  const auto resolver = make_resolver();
  std::vector<Contestant> contestants{
      {"bare non-blocking libpq", [&] { PQfinish(connect_bare(parameters)); }},
      {"Holdfast's `dial`, phase by phase",
       [&] { need(!dial(database, *resolver, soon()).error, "our connection failed"); }},
  };
  race(contestants, kRounds, 10, 1);
  std::printf(
      "| connect, verify-full, log in, close | wall ms, median of %d rounds' medians [min to max] |"
      " ratio | CPU ms | ratio |\n| --- | --- | --- | --- | --- |\n",
      kRounds);
  for (const Contestant& one : contestants) print_row(one, contestants[0], 1000, "%.2f");
  const double more = median_difference(contestants[1].wall, contestants[0].wall) / 1000;
  const double spread =
      (quantile(contestants[0].wall, 1) - quantile(contestants[0].wall, 0)) / 1000;
  char text[120];
  std::snprintf(text, sizeof text, "%+.2f ms, spread of the bare rounds %.2f ms", more, spread);
  print_target("no measurable difference (less than the spread of the bare rounds)", more <= spread,
               text);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::span<char*> arguments(argv, static_cast<std::size_t>(argc));
  need(argc == 8, "query|connect HOST PORT DBNAME USER PASSWORD_FILE ROOT_CERTIFICATE");
  forget_libpq_environment();
  Database database;
  database.name = "bench";
  database.host = arguments[2];
  database.port = arguments[3];
  database.dbname = arguments[4];
  database.user = arguments[5];
  database.password = Secret::from_file(arguments[6]);
  database.sslrootcert = arguments[7];
  std::string(arguments[1]) == "query" ? bench_query(database) : bench_connect(database);
  return 0;
} catch (const std::exception& fault) {
  std::fprintf(stderr, "bench_postgres: %s\n", fault.what());
  return 1;
}
