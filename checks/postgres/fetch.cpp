// SPDX-License-Identifier: Apache-2.0
// One look: the kept connection first, since it is one round trip and the application's own way;
// then a fresh one, which takes the kept one's place if that has died; then the statistics, if due.
#include "checks/postgres/postgres.h"
#include "checks/support/io/resolver.h"
#include "checks/support/pg/pair.h"
#include "checks/support/pg/session.h"

namespace holdfast {
namespace {

using SteadyClock = Deadline::Clock;
constexpr const char* kQuery = "SELECT 1";
// The answer is some 70 bytes; TLS and a notice fit beside it.
constexpr std::size_t kMaxQueryBytes = 64 * 1024;

bool was_lost(const PostgresLook& look) {
  return look.query_error && (look.query_error->reason == Reason::closed ||
                              look.query_error->reason == Reason::shutting_down);
}

/// Asks on the kept connection; drops it when it is of no more use.
void ask_kept(PgPair& pair, PostgresLook& look, Run& run, const Deadline& deadline) {
  const auto since = SteadyClock::now();
  const auto answer = pair.kept.ask(kQuery, deadline, kMaxQueryBytes);
  const Duration took = SteadyClock::now() - since;
  look.query.reset();
  look.query_error.reset();
  if (answer && answer->size() == 1 && answer->rows[0].size() == 1 && answer->rows[0][0] == "1") {
    look.query = took;
    run.trace.add("query", took, "asked SELECT 1 on the kept connection, got 1");
    return;
  }
  look.query_waited = took;
  look.query_error = answer ? Error{Reason::garbage, "query", "", ""} : answer.error();
  run.trace.add(
      "query", took,
      "asked SELECT 1 on the kept connection: " + std::string(name_of(look.query_error->reason)));
  if (look.query_error->reason == Reason::timed_out) pair.cut_backend = pair.kept.backend();
  pair.kept.abort();
}

/// Whether the server lists the backend no more whose statement we cut. A pooler's number is none
/// of the server's, so behind one there is nothing to wait for.
bool has_ended(int backend, PgConnection& fresh, const Deadline& deadline) {
  const auto answer =
      fresh.ask("SELECT 1 FROM pg_stat_activity WHERE pid = " + std::to_string(backend) +
                    " AND usename = current_user",
                deadline, kMaxQueryBytes);
  return answer && answer->size() == 0;
}

/// The fresh connection takes the place of the kept one, for this look only while a cut statement
/// may still be running: at most two sessions are this check's (law 5).
void replace_kept(PgPair& pair, PgConnection& fresh, const Database& database, PostgresLook& look,
                  Run& run) {
  if (pair.cut_backend != 0 && has_ended(pair.cut_backend, fresh, run.deadline))
    pair.cut_backend = 0;
  pair.kept = std::move(fresh);
  pair.kept_as = database;
  // One that hung has its failure; one that died between the runs is only replaced.
  if (!look.query_error || was_lost(look)) ask_kept(pair, look, run, run.deadline);
  if (pair.cut_backend != 0) pair.kept.close();
}

void trace_phase(Run& run, const char* phase, const std::optional<Duration>& took,
                 const std::string& text) {
  if (took) run.trace.add(phase, *took, text);
}

void trace_dial(Run& run, const Dialled& dialled, const Database& database) {
  trace_phase(run, "resolve", dialled.phases.resolve, database.host + " is " + dialled.address);
  trace_phase(run, "tcp", dialled.phases.tcp, "connected to port " + database.port);
  trace_phase(run, "tls", dialled.phases.tls,
              dialled.tls.version + " " + dialled.tls.cipher +
                  (dialled.tls.second_hello.value_or(false) ? ", with a second hello" : ""));
  trace_phase(run, "auth", dialled.phases.auth,
              "logged in as " + database.user + " to " + database.dbname);
  if (dialled.error)
    run.trace.add(dialled.error->phase, {}, std::string(name_of(dialled.error->reason)));
}

PgConnection dial_fresh(const Database& database, PostgresLook& look, Run& run) {
  auto dialled = dial(database, run.resolver, run.deadline);
  trace_dial(run, dialled, database);
  look.phases = dialled.phases;
  look.connect = dialled.total;
  look.connect_error = dialled.error;
  look.tls = dialled.tls;
  return std::move(dialled.connection);
}

bool facts_are_due(const PostgresSettings& settings, const Run& run) {
  const auto asked = run.memory.number(kFactsAskedKey);
  const double now = epoch_seconds(run.now.wall);
  // A clock that was set back must not keep us from asking for years.
  return !asked || now < *asked || now - *asked >= seconds(settings.facts_interval);
}

void ask_facts(const PostgresSettings& settings, PostgresLook& look, Run& run) {
  const auto since = SteadyClock::now();
  // A little is left over, so that slow statistics do not make the whole run late.
  const auto share = run.deadline.remaining() * 8 / 10;
  auto facts = fetch_server_facts(settings.database, run.databases, run.deadline.capped(share));
  const Duration took = SteadyClock::now() - since;
  if (facts) {
    run.trace.add("facts", took, "asked the server for its statistics: " + facts->version);
    look.server = std::move(facts).value();
    return;
  }
  look.server_note = "the server's statistics could not be read: it " +
                     std::string(sentence_of(facts.error().reason));
  run.trace.add("facts", took, look.server_note);
}

}  // namespace

PostgresLook fetch_postgres(const PostgresSettings& settings, Run& run) {
  PostgresLook look;
  const Database& database = settings.database;
  auto pair = run.databases.lease_pair(database, run.deadline);
  if (!pair) {
    look.connect_error = pair.error();
    return look;
  }
  PgPair& own = **pair;
  const bool had_one = static_cast<bool>(own.kept);
  if (had_one && (own.kept_as != database || !own.kept.looks_alive())) {
    look.kept_was_lost = own.kept_as == database;
    own.kept.abort();
  }
  // At most half of the time, so that a frozen kept connection leaves some for a fresh one.
  if (own.kept) ask_kept(own, look, run, run.deadline.capped(run.deadline.remaining() / 2));
  look.kept_was_lost = look.kept_was_lost || was_lost(look);
  PgConnection fresh = dial_fresh(database, look, run);
  if (!own.kept && fresh) replace_kept(own, fresh, database, look, run);
  fresh.close();
  if (look.query && facts_are_due(settings, run)) ask_facts(settings, look, run);
  return look;
}

}  // namespace holdfast
