// SPDX-License-Identifier: Apache-2.0
// Kind `pool`: every finding with its sentence.
#include "checks/pool/judge.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "tests/unit/checks/golden.h"

using namespace holdfast;
using namespace holdfast::pool;

namespace {

constexpr double kStart = 1'762'437'000;

Settings settings() {
  Settings s;
  s.check = "pool";
  s.waiting = {.unit = Unit::count, .warning = 0.0, .critical = 5.0};
  s.wait = {.unit = Unit::seconds, .warning = 2.0, .critical = 10.0};
  s.idle_in_transaction = {.unit = Unit::seconds, .warning = 60.0, .critical = 600.0};
  s.full_for = std::chrono::minutes(5);
  return s;
}

Now at(double s) {
  return {std::chrono::system_clock::time_point(
              std::chrono::duration_cast<std::chrono::system_clock::duration>(
                  std::chrono::duration<double>(kStart + s))),
          {}};
}

Pool seen_waiting(double in_use, double waiting, std::optional<double> max_wait = {},
                  std::optional<double> max = 5.0) {
  return {.name = "default_db/app",
          .in_use = in_use,
          .idle = 0,
          .max = max,
          .occupied = in_use,
          .waiting = waiting,
          .max_wait = max_wait};
}

Facts of(Pool pool) {
  Facts facts;
  facts.pools = {std::move(pool)};
  return facts;
}

Facts server(double taken, double in_use, double max = 97) {
  return of(
      {.name = "server", .in_use = in_use, .idle = taken - in_use, .max = max, .occupied = taken});
}

Facts budget(double open, double in_use) {
  Facts facts = of({.name = "database/default_db",
                    .in_use = in_use,
                    .idle = open - in_use,
                    .max = 21,
                    .occupied = in_use,
                    .is_budget = true});
  facts.hidden = 0;
  facts.database = "default_db";
  facts.open_in_database = open;
  facts.groups = {{"ai-admin-api", "app", "default_db", "idle", open - 5, {}},
                  {"bot", "app", "default_db", "active", 2, {}},
                  {"", "app", "default_db", "idle", 3, {}},
                  {"elsewhere", "app", "postgres", "active", 40, {}}};
  return facts;
}

Facts stuck(double seconds) {
  Facts facts = server(5, 1);
  facts.hidden = 0;
  facts.groups = {{"ai-admin-api", "app", "default_db", "idle in transaction", 1, seconds},
                  {"ai-admin-api", "app", "default_db", "idle in transaction (aborted)", 1, 1.0},
                  {"bot", "app", "default_db", "active", 3, {}}};
  return facts;
}

using Codes = std::vector<std::string>;
Codes codes(const Reading& reading) {
  Codes out;
  for (const Finding& f : reading.findings) out.push_back(f.code);
  return out;
}

std::optional<double> sample(const Reading& reading, std::string_view metric,
                             const std::vector<std::string>& labels = {}) {
  for (const Sample& s : reading.samples)
    if (s.spec->name == metric && s.labels == labels) return s.value;
  return std::nullopt;
}

struct Row {
  const char* title;
  Facts facts;
  double full_for = 0;  // Seconds this has stood already.
  std::optional<double> budget{};
  Codes codes{};
};

std::vector<Row> rows() {
  Facts paused = of(seen_waiting(0, 0));
  paused.paused = {"default_db"};
  paused.disabled = {"old"};
  Facts clients = of(seen_waiting(1, 0));
  clients.clients = 100;
  clients.max_clients = 100;
  Facts hidden = server(30, 0);
  hidden.pools[0].in_use.reset();
  hidden.hidden = 30;
  const Codes waiting{"pool_clients_waiting"};
  return {
      {"clients wait", of(seen_waiting(5, 7, 1.5)), 0, {}, waiting},
      {"clients wait long",
       of(seen_waiting(5, 7, 3.2)),
       0,
       {},
       {"pool_clients_waiting", "pool_long_wait"}},
      {"one client waits for the one connection", of(seen_waiting(1, 1, {}, 1.0)), 0, {}, waiting},
      {"clients wait though connections are free", of(seen_waiting(2, 6, 0.0)), 0, {}, waiting},
      {"clients wait at a pool without a limit",
       of(seen_waiting(9, 6, {}, std::nullopt)),
       0,
       {},
       waiting},
      {"a full pool without waiting clients", of(seen_waiting(5, 0, 0.0)), 100'000},
      {"a full server, since just now", server(97, 40)},
      {"a full server, for five minutes", server(97, 40), 300},
      {"a full server, for longer", server(97, 40), 360, {}, {"pool_full"}},
      {"a budget that is busy for long", budget(21, 21), 900, 21, {"pool_full"}},
      {"a budget that is open and idle", budget(21, 3), 900, 21},
      {"more connections than the budget", budget(28, 3), 0, 21, {"pool_over_budget"}},
      {"a forgotten transaction", stuck(720), 0, {}, {"pool_idle_in_transaction"}},
      {"a transaction of a minute", stuck(60)},
      {"a paused database", paused, 0, {}, {"pool_paused", "pool_disabled"}},
      {"PgBouncer takes no more clients", clients, 0, {}, {"pool_clients_full"}},
      {"sessions whose state is hidden", hidden, 0, {}, {"pool_states_hidden"}},
  };
}

}  // namespace

TEST_CASE("the findings about pools and their sentences") {
  std::string out;
  std::set<std::string> undone;
  for (const FindingSpec& spec : pool_kind().findings) undone.emplace(spec.code);
  for (const Row& row : rows()) {
    CAPTURE(row.title);
    Settings s = settings();
    s.budget = row.budget;
    Memory memory;
    if (row.full_for > 0)
      memory = Memory(nlohmann::json{
          {"version", 1}, {"full_since", {{row.facts.pools[0].name, kStart - row.full_for}}}});
    const Reading reading = judge(s, row.facts, memory, at(0));
    CHECK(codes(reading) == row.codes);
    for (const Finding& finding : reading.findings) undone.erase(finding.code);
    out += holdfast::testing::render_findings(row.title, reading);
  }
  CHECK(undone.empty());
  CHECK(out == holdfast::testing::golden("findings/pool.txt", out));
}

TEST_CASE("the time since when a pool is full is stored, and erased when it is not full") {
  Memory memory;
  const auto run = [&](const Facts& facts, double when) {
    Reading reading = judge(settings(), facts, memory, at(when));
    REQUIRE(reading.memory);
    memory = *reading.memory;
    return codes(reading);
  };
  CHECK(run(server(97, 40), 0).empty());
  CHECK(run(server(97, 40), 299).empty());
  CHECK(run(server(97, 40), 301) == Codes{"pool_full"});
  CHECK(run(server(96, 40), 310).empty());
  CHECK(run(server(97, 40), 320).empty());
  CHECK(memory.object().at("full_since").at("server") == kStart + 320);
  // A clock that went back starts anew instead of waiting for the old time to come.
  CHECK(run(server(97, 40), -1000).empty());
  CHECK(memory.object().at("full_since").at("server") == kStart - 1000);
}

TEST_CASE("without a need there is no finding, and at a limit there is one") {
  Facts quiet = of(seen_waiting(5, 0, 30.0));  // The wait of a client that has been served.
  Facts clients = of(seen_waiting(1, 0));
  clients.clients = 99;
  clients.max_clients = 100;
  Facts unlimited = clients;
  unlimited.clients = 100;
  unlimited.max_clients.reset();
  Facts busy = stuck(0);
  busy.groups = {{"report", "app", "default_db", "active", 1, 900.0}};
  Facts hidden = server(5, 1);
  hidden.hidden = 1;
  struct {
    const char* title;
    Facts facts;
    Codes codes;
  } const table[] = {
      {"nobody waits", quiet, {}},
      {"one client fewer than the maximum", clients, {}},
      {"no maximum of clients", unlimited, {}},
      {"a long query", busy, {}},
      {"one hidden session", hidden, {"pool_states_hidden"}},
      {"no budget", budget(28, 3), {}},
  };
  for (const auto& row : table) {
    CAPTURE(row.title);
    Settings s = settings();
    s.budget = 1;
    s.budget.reset();  // What it was before must not be read.
    CHECK(codes(judge(s, row.facts, {}, at(0))) == row.codes);
  }
  Settings s = settings();
  s.budget = 21;
  CHECK(codes(judge(s, budget(21, 3), {}, at(0))).empty());
  CHECK(codes(judge(s, budget(22, 3), {}, at(0))) == Codes{"pool_over_budget"});
}

TEST_CASE("a pool is full only where its limit and what counts against it are known") {
  const Memory memory(nlohmann::json{{"version", 1}, {"full_since", {{"server", kStart - 900}}}});
  CHECK(codes(judge(settings(), server(97, 97), memory, at(0))) == Codes{"pool_full"});
  Facts unlimited = server(97, 97);
  unlimited.pools[0].max.reset();
  Facts unknown = server(97, 97);
  unknown.pools[0].occupied.reset();
  for (const Facts& facts : {unlimited, unknown}) {
    const Reading reading = judge(settings(), facts, memory, at(0));
    CHECK(codes(reading).empty());
    CHECK(reading.notes.size() == 1);
  }
}

TEST_CASE("a wait of less than a second is named") {
  const Reading reading = judge(settings(), of(seen_waiting(5, 1, 0.5)), {}, at(0));
  CHECK(reading.findings.at(0).text ==
        "1 client waits for a connection in pool default_db/app (limit 0), the longest for 500 ms; "
        "all 5 connections are in use.");
}

TEST_CASE("the four applications with most connections are named when over budget") {
  Settings s = settings();
  s.budget = 9;
  Facts facts = budget(14, 3);
  facts.groups.clear();
  for (int i = 1; i <= 4; ++i)
    facts.groups.push_back({"app" + std::to_string(i), "u", "default_db", "idle", 1.0 + i, {}});
  CHECK(judge(s, facts, {}, at(0)).findings.at(0).text ==
        "14 connections are open to default_db (limit 9, the budget): app4 5, app3 4, app2 3, "
        "app1 2.");
  facts.groups.push_back({"small", "u", "default_db", "idle", 1, {}});
  CHECK(judge(s, facts, {}, at(0)).findings.at(0).text ==
        "14 connections are open to default_db (limit 9, the budget): app4 5, app3 4, app2 3, "
        "app1 2, and others.");
}

TEST_CASE("each application with a forgotten transaction is reported, whatever comes before it") {
  Facts facts = stuck(120);
  facts.groups.insert(facts.groups.begin(), {"api", "app", "default_db", "active", 3, {}});
  facts.groups.push_back({"", "app", "other_db", "idle in transaction", 1, 61.0});
  facts.groups.push_back({"bot", "app", "default_db", "idle in transaction", 1, 60.0});
  const Reading reading = judge(settings(), facts, {}, at(0));
  REQUIRE(codes(reading) == Codes(2, "pool_idle_in_transaction"));
  CHECK(reading.findings[0].text ==
        "A session without application_name has been idle in a transaction for 61 s in other_db "
        "(limit 1 min): it holds its connection and its locks.");
  CHECK(reading.findings[1].subject == "ai-admin-api");
  CHECK(reading.findings[1].severity == Severity::warning);
}

TEST_CASE("every known number is a sample") {
  Facts facts = of(seen_waiting(3, 2, 1.5));
  facts.pools[0].idle = 1;
  facts.clients = 12;
  facts.max_clients = 100;
  facts.waited = {{"default_db", 7.5}, {"default_db", 1}, {"other", 2}};
  const Reading pools = judge(settings(), facts, {}, at(0));
  CHECK(sample(pools, "pool_up") == 1.0);
  CHECK(sample(pools, "pool_in_use_connections", {"default_db/app"}) == 3.0);
  CHECK(sample(pools, "pool_idle_connections", {"default_db/app"}) == 1.0);
  CHECK(sample(pools, "pool_max_connections", {"default_db/app"}) == 5.0);
  CHECK(sample(pools, "pool_waiting_clients", {"default_db/app"}) == 2.0);
  CHECK(sample(pools, "pool_max_wait_seconds", {"default_db/app"}) == 1.5);
  CHECK(sample(pools, "pool_wait_seconds_total", {"default_db"}) == 8.5);
  CHECK(sample(pools, "pool_wait_seconds_total", {"other"}) == 2.0);
  CHECK(sample(pools, "pool_client_connections") == 12.0);
  CHECK(sample(pools, "pool_max_client_connections") == 100.0);
  CHECK_FALSE(sample(pools, "pool_idle_in_transaction_seconds"));

  Settings s = settings();
  s.budget = 21;
  facts = stuck(72);
  facts.groups.push_back(facts.groups.back());
  const Reading sessions = judge(s, facts, {}, at(0));
  CHECK(sample(sessions, "pool_connections", {"bot", "app", "default_db", "active"}) == 6.0);
  CHECK(sample(sessions, "pool_budget_connections") == 21.0);
  CHECK(sample(sessions, "pool_idle_in_transaction_seconds") == 72.0);
  facts.hidden = 1;  // The one that has been idle longest may be hidden.
  CHECK_FALSE(sample(judge(s, facts, {}, at(0)), "pool_idle_in_transaction_seconds"));
  facts = budget(21, 3);
  CHECK(sample(judge(s, facts, {}, at(0)), "pool_idle_in_transaction_seconds") == 0.0);
}

TEST_CASE("an unknown value is no sample, and never 0") {
  Facts facts = server(30, 0);
  facts.pools[0].in_use.reset();
  facts.pools[0].idle.reset();
  facts.hidden = 30;
  const Reading reading = judge(settings(), facts, {}, at(0));
  CHECK_FALSE(sample(reading, "pool_in_use_connections", {"server"}).has_value());
  CHECK_FALSE(sample(reading, "pool_waiting_clients", {"server"}).has_value());
  CHECK(sample(reading, "pool_max_connections", {"server"}) == 97.0);
  CHECK(reading.not_judged == Codes{"pool_in_use_connections"});
  CHECK(status_of(reading) == Status::ok);
}

TEST_CASE("a source that does not answer is down, and the memory is unchanged") {
  const Reading reading = judge_failure({Reason::timed_out, "query", "", ""});
  CHECK(sample(reading, "pool_up") == 0.0);
  CHECK_FALSE(reading.memory.has_value());
  CHECK(status_of(reading) == Status::critical);
}

TEST_CASE("long names are complete in labels and cut in sentences") {
  Pool pool = seen_waiting(5, 7);
  pool.name = std::string(200, 'n') + "'\"\n" + std::string(9'800, 'n');
  const Reading reading = judge(settings(), of(pool), {}, at(0));
  CHECK(reading.findings.at(0).subject == pool.name);
  CHECK(reading.findings.at(0).text.size() < 250);
  const auto note = [&](std::size_t bytes) {
    pool.name = std::string(bytes, 'n');
    return judge(settings(), of(pool), {}, at(0)).notes.at(0);
  };
  CHECK(note(80).starts_with(std::string(80, 'n') + ":"));
  CHECK(note(81).starts_with(std::string(80, 'n') + "…:"));
}
