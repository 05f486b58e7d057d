// SPDX-License-Identifier: Apache-2.0
// One run: first a query on the persistent connection, the way the application queries; then a new
// connection, which replaces the persistent one if that was lost; then the statistics, if due.
#include "checks/postgres/postgres.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/connection.h"
#include "checks/support/pg/session.h"

namespace holdfast {
namespace {

using SteadyClock = Deadline::Clock;
constexpr const char* kQuery = "SELECT 1";
// The reply takes about 70 bytes; the rest is for notices and TLS.
constexpr std::size_t kMaxQueryBytes = 64 * 1024;

bool was_lost(const PostgresFacts& facts) {
  return facts.query_error && (facts.query_error->reason == Reason::closed ||
                               facts.query_error->reason == Reason::shutting_down);
}

/// Runs SELECT 1 on the persistent connection, and closes the connection if that fails.
void query_persistent(PgPair& pair, PostgresFacts& facts, Run& run, const Deadline& deadline) {
  const auto since = SteadyClock::now();
  const auto answer = pair.persistent.query(kQuery, deadline, kMaxQueryBytes);
  const Duration took = SteadyClock::now() - since;
  facts.query.reset();
  facts.query_error.reset();
  if (answer && answer->size() == 1 && answer->rows[0].size() == 1 && answer->rows[0][0] == "1") {
    facts.query = took;
    run.trace.add("query", took, "SELECT 1 on the persistent connection returned 1");
    return;
  }
  facts.query_waited = took;
  facts.query_error = answer ? Error{Reason::garbage, "query"} : answer.error();
  run.trace.add(
      "query", took,
      "SELECT 1 on the persistent connection: " + std::string(name_of(facts.query_error->reason)));
  if (facts.query_error->reason == Reason::timed_out) pair.cut_backend = pair.persistent.backend();
  pair.persistent.abort();
}

/// Whether the server no longer lists the backend whose statement was cut. A pooler reports process
/// IDs of its own, which the server never lists, so behind a pooler there is no wait.
bool has_ended(int backend, PgConnection& connection, const Deadline& deadline) {
  const auto answer =
      connection.query("SELECT 1 FROM pg_stat_activity WHERE pid = " + std::to_string(backend) +
                           " AND usename = current_user",
                       deadline, kMaxQueryBytes);
  return answer && answer->size() == 0;
}

/// The new connection becomes the persistent one; only for this run while a cut statement may still
/// be running, since the check may have at most two sessions (law 5).
void replace_persistent(PgPair& pair, PgConnection& connection, const Database& database,
                        PostgresFacts& facts, Run& run) {
  if (pair.cut_backend != 0 && has_ended(pair.cut_backend, connection, run.deadline))
    pair.cut_backend = 0;
  pair.persistent = std::move(connection);
  pair.persistent_as = database;
  // A connection that hung is a failure; one that was lost between two runs is only replaced.
  if (!facts.query_error || was_lost(facts)) query_persistent(pair, facts, run, run.deadline);
  if (pair.cut_backend != 0) pair.persistent.close();
}

void trace_phase(Run& run, const char* phase, const std::optional<Duration>& took,
                 const std::string& text) {
  if (took) run.trace.add(phase, *took, text);
}

void trace_dial(Run& run, const Dialled& dialled, const Database& database) {
  trace_phase(run, "resolve", dialled.phases.resolve,
              database.host + " resolved to " + dialled.address);
  trace_phase(run, "tcp", dialled.phases.tcp, "connected to port " + database.port);
  trace_phase(run, "tls", dialled.phases.tls,
              dialled.tls.version + " " + dialled.tls.cipher +
                  (dialled.tls.second_hello.value_or(false) ? ", with HelloRetryRequest" : ""));
  trace_phase(run, "auth", dialled.phases.auth,
              "authenticated as " + database.user + " to " + database.dbname);
  if (dialled.error)
    run.trace.add(dialled.error->phase, {}, std::string(name_of(dialled.error->reason)));
}

PgConnection dial_new(const Database& database, PostgresFacts& facts, Run& run) {
  auto dialled = dial(database, run.resolver, run.deadline);
  trace_dial(run, dialled, database);
  facts.phases = dialled.phases;
  facts.connect = dialled.total;
  facts.connect_error = dialled.error;
  facts.tls = dialled.tls;
  return std::move(dialled.connection);
}

bool statistics_are_due(const PostgresSettings& settings, const Run& run) {
  const auto queried = load_postgres_state(run.memory).statistics_at;
  const double now = epoch_seconds(run.now.wall);
  // After the clock was set back the stored time may lie far in the future.
  return !queried || now < *queried || now - *queried >= seconds(settings.facts_interval);
}

void query_statistics(const PostgresSettings& settings, PostgresFacts& facts, Run& run) {
  const auto since = SteadyClock::now();
  // Slow statistics must not make the whole run exceed its deadline.
  const auto share = run.deadline.remaining() * 8 / 10;
  auto server = fetch_server_facts(settings.database, run.databases, run.deadline.capped(share));
  const Duration took = SteadyClock::now() - since;
  if (server) {
    run.trace.add("facts", took, "read the server's statistics: version " + server->version);
    facts.server = std::move(server).value();
    return;
  }
  facts.server_note = "the server's statistics could not be read: it " +
                      std::string(sentence_of(server.error().reason));
  run.trace.add("facts", took, facts.server_note);
}

}  // namespace

PostgresFacts fetch_postgres(const PostgresSettings& settings, Run& run) {
  PostgresFacts facts;
  const Database& database = settings.database;
  auto pair = run.databases.lease_pair(database, run.deadline);
  if (!pair) {
    facts.connect_error = pair.error();
    return facts;
  }
  PgPair& own = **pair;
  const bool had_one = static_cast<bool>(own.persistent);
  if (had_one && (own.persistent_as != database || !own.persistent.looks_alive())) {
    facts.was_replaced = own.persistent_as == database;
    own.persistent.abort();
  }
  // At most half of the time, so that a frozen persistent connection leaves some for a new one.
  if (own.persistent)
    query_persistent(own, facts, run, run.deadline.capped(run.deadline.remaining() / 2));
  facts.was_replaced = facts.was_replaced || was_lost(facts);
  PgConnection connection = dial_new(database, facts, run);
  if (!own.persistent && connection) replace_persistent(own, connection, database, facts, run);
  connection.close();
  if (facts.query && statistics_are_due(settings, run)) query_statistics(settings, facts, run);
  return facts;
}

}  // namespace holdfast
