// SPDX-License-Identifier: Apache-2.0
// Kind `postgres`: every finding with its sentence.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "checks/postgres/postgres.h"
#include "tests/unit/checks/golden.h"

using namespace holdfast;
using std::chrono::hours;
using std::chrono::milliseconds;

namespace {

const std::chrono::system_clock::time_point kWall{std::chrono::seconds(1'800'000'000)};
const Now kNow{kWall, {}};

PostgresSettings usual() {
  PostgresSettings settings;
  settings.database.name = "timeweb";
  settings.database.host = "db.example";
  settings.latency = {.unit = Unit::seconds, .warning = 0.1, .critical = 0.5};
  settings.connect = {.unit = Unit::seconds, .warning = 1.0, .critical = 3.0};
  settings.certificate = {.unit = Unit::seconds,
                          .side = Limit::Side::lower,
                          .warning = 14 * 86400.0,
                          .critical = 3 * 86400.0};
  settings.connections = {.unit = Unit::ratio, .warning = 0.85, .critical = 0.95};
  settings.oldest_transaction = {.unit = Unit::seconds, .warning = 3600.0};
  settings.replication_lag = {.unit = Unit::seconds, .warning = 60.0, .critical = 600.0};
  settings.facts_interval = std::chrono::seconds(60);
  return settings;
}

PostgresFacts healthy() {
  PostgresFacts facts;
  facts.phases = {milliseconds(1), milliseconds(31), milliseconds(65), milliseconds(99)};
  facts.connect = milliseconds(196);
  facts.query = milliseconds(31);
  facts.tls.version = "TLSv1.3";
  facts.tls.cipher = "TLS_AES_256_GCM_SHA384";
  facts.tls.second_hello = false;
  facts.tls.chain = {{"leaf", "db.example", kWall - hours(24), kWall + hours(24 * 60)}};
  return facts;
}

ServerFacts calm() {
  ServerFacts facts;
  facts.version = "15.20";
  facts.numbers = {
      {"in_recovery", 0}, {"max_connections", 100}, {"reserved", 3},    {"connections", 20},
      {"size", 1e9},      {"state.active", 2},      {"state.idle", 18}, {"deadlocks", 1},
      {"commits", 5},     {"waiting_locks", 0}};
  return facts;
}

Reading judge(const PostgresFacts& facts, const PostgresSettings& settings = usual(),
              const Memory& memory = {}) {
  return judge_postgres(settings, facts, memory, kNow);
}

std::optional<double> value_of(const Reading& reading, std::string_view metric,
                               const std::vector<std::string>& labels = {}) {
  for (const Sample& sample : reading.samples)
    if (sample.spec->name == metric && sample.labels == labels) return sample.value;
  return std::nullopt;
}

}  // namespace

TEST_CASE("a healthy server is ok, and the note has both durations") {
  const Reading reading = judge(healthy());
  CHECK(status_of(reading) == Status::ok);
  CHECK(reading.findings.empty());
  CHECK(reading.notes == std::vector<std::string>{"query 31 ms, new connection 196 ms, TLSv1.3"});
  CHECK(value_of(reading, "postgres_up") == 1.0);
  CHECK(value_of(reading, "postgres_query_duration_seconds") == 0.031);
}

TEST_CASE("every finding contains the number and the limit") {
  struct Row {
    std::function<void(PostgresFacts&, PostgresSettings&)> change;
    const char* code;
    Severity severity;
  };
  const auto with_facts = [](std::string name, double value) {
    return [name = std::move(name), value](PostgresFacts& facts, PostgresSettings&) {
      facts.server = calm();
      facts.server->numbers[name] = value;
    };
  };
  const Row rows[] = {
      {[](auto& facts, auto&) { facts.query = milliseconds(101); }, "postgres_query_slow",
       Severity::warning},
      {[](auto& facts, auto&) { facts.query = milliseconds(612); }, "postgres_query_slow",
       Severity::critical},
      {[](auto& facts, auto&) { facts.connect = milliseconds(1500); }, "postgres_connect_slow",
       Severity::warning},
      {[](auto& facts, auto&) { facts.tls.chain[0].not_after = kWall + hours(24 * 9 + 3); },
       "postgres_certificate_expiring", Severity::warning},
      {[](auto& facts, auto&) { facts.tls.chain[0].not_after = kWall - hours(24); },
       "postgres_certificate_expiring", Severity::critical},
      {[](auto&, auto& settings) { settings.database.sslmode = "require"; },
       "postgres_sslmode_weak", Severity::warning},
      {[](auto&, auto& settings) { settings.database.sslmode = "verify-ca"; },
       "postgres_sslmode_weak", Severity::warning},
      {[](auto& facts, auto&) { facts.tls.second_hello = true; }, "postgres_tls_extra_round_trip",
       Severity::info},
      {[](auto& facts, auto& settings) {
         facts.server = calm();
         facts.server->numbers["in_recovery"] = 1;
         settings.role = PostgresSettings::Role::primary;
       },
       "postgres_role_unexpected", Severity::critical},
      {with_facts("replication_lag", 61), "postgres_replication_lag", Severity::warning},
      {with_facts("connections", 94), "postgres_connections_scarce", Severity::critical},
      {with_facts("oldest_transaction", 1'800'000'000 - 7500), "postgres_transaction_old",
       Severity::warning},
      {[](auto& facts, auto&) {
         facts.server = calm();
         facts.server->denied = {"size of the database", "waiting locks"};
       },
       "postgres_right_missing", Severity::info},
  };
  std::string out;
  for (const Row& row : rows) {
    CAPTURE(row.code);
    PostgresFacts facts = healthy();
    PostgresSettings settings = usual();
    row.change(facts, settings);
    const Reading reading = judge(facts, settings);
    REQUIRE(reading.findings.size() == 1);
    CHECK(reading.findings[0].code == row.code);
    CHECK(reading.findings[0].severity == row.severity);
    out += testing::render_findings(row.code, reading);
    CHECK(std::ranges::count(postgres_kind().findings, reading.findings[0].code,
                             &FindingSpec::code) == 1);
  }
  CHECK(out == testing::golden("findings/postgres.txt", out));
}

TEST_CASE("a value equal to its limit is within the limit") {
  PostgresFacts facts = healthy();
  facts.query = milliseconds(100);
  facts.connect = std::chrono::seconds(1);
  CHECK(judge(facts).findings.empty());
}

TEST_CASE("statistics apply until the next query, and only while the server answers") {
  PostgresFacts asked = healthy();
  asked.server = calm();
  asked.server->numbers["connections"] = 94;
  const Reading first = judge(asked);
  REQUIRE(first.memory);
  const Reading between = judge(healthy(), usual(), *first.memory);
  REQUIRE(between.findings.size() == 1);
  CHECK(between.findings[0].text == first.findings[0].text);
  CHECK_FALSE(value_of(between, "postgres_connections").has_value());
  for (const Sample& sample : first.samples)
    if (sample.spec->name == "postgres_connections")
      CHECK(sample.valid_for == std::chrono::seconds(180));

  PostgresFacts gone = healthy();
  gone.connect_error = Error{Reason::refused, "tcp", "the database timeweb refuses", ""};
  gone.query.reset();
  CHECK(judge(gone, usual(), *first.memory).findings.empty());

  asked.server = calm();
  const Reading again = judge(asked, usual(), *first.memory);
  CHECK(again.findings.empty());
  CHECK(judge(healthy(), usual(), *again.memory).findings.empty());
}

TEST_CASE("a failed query for statistics is a note and is not repeated in the next run") {
  PostgresFacts facts = healthy();
  facts.server_note = "the server's statistics could not be read: it did not answer in time";
  const Reading reading = judge(facts);
  CHECK(status_of(reading) == Status::ok);
  CHECK(std::ranges::count(reading.notes, facts.server_note) == 1);
  REQUIRE(reading.memory);
  CHECK(load_postgres_state(*reading.memory).statistics_at == 1'800'000'000.0);
}

TEST_CASE("when a run cannot see whether there was a second hello, the last known answer applies") {
  PostgresFacts facts = healthy();
  facts.tls.second_hello = true;
  const Reading seen = judge(facts);
  facts.tls.second_hello.reset();
  CHECK(judge(facts, usual(), *seen.memory).findings.size() == 1);
  CHECK(judge(facts).findings.empty());
  facts.tls.second_hello = false;
  CHECK(judge(facts, usual(), *seen.memory).findings.empty());
}

TEST_CASE("each phase of the connection that was completed is measured, and no other") {
  constexpr auto kMetric = "postgres_connect_phase_duration_seconds";
  const Reading whole = judge(healthy());
  CHECK(value_of(whole, kMetric, {"resolve"}) == 0.001);
  CHECK(value_of(whole, kMetric, {"tcp"}) == 0.031);
  CHECK(value_of(whole, kMetric, {"tls"}) == 0.065);
  CHECK(value_of(whole, kMetric, {"auth"}) == 0.099);
  PostgresFacts facts = healthy();
  facts.phases.auth.reset();
  facts.connect_error = Error{Reason::login_refused, "auth", "", ""};
  CHECK(value_of(judge(facts), kMetric, {"tls"}) == 0.065);
  CHECK(value_of(judge(facts), kMetric, {"auth"}) == std::nullopt);
}

TEST_CASE("a failure is reported once and counted with its phase, and up is 0") {
  PostgresFacts facts = healthy();
  facts.query.reset();
  facts.query_error = Error{Reason::timed_out, "query", "", ""};
  facts.query_waited = milliseconds(2500);
  const Reading slow = judge(facts);
  REQUIRE(slow.failure);
  CHECK(slow.failure->text ==
        "the database timeweb did not answer a query on the persistent connection in time (2.5 s)");
  CHECK(value_of(slow, "postgres_up") == 0.0);

  facts.connect_error = Error{Reason::no_slot, "lease", "", ""};
  const Reading both = judge(facts);
  REQUIRE(both.failure);
  CHECK(both.failure->text ==
        "the database timeweb was not checked: all of Holdfast's connections to it are in use");
  CHECK(status_of(both) == Status::unknown);
}

TEST_CASE("without TLS the certificate is listed as not judged") {
  PostgresFacts facts = healthy();
  facts.tls = {};
  PostgresSettings settings = usual();
  settings.database.sslmode = "disable";
  const Reading reading = judge(facts, settings);
  CHECK(reading.not_judged == std::vector<std::string>{"certificate"});
  CHECK_FALSE(value_of(reading, "postgres_tls_info", {"", ""}).has_value());
}

TEST_CASE("a reading has no duplicate sample, except increments and observations") {
  PostgresFacts facts = healthy();
  facts.server = calm();
  const Reading reading = judge(facts);
  for (const Sample& sample : reading.samples) {
    CAPTURE(sample.spec->name);
    CHECK(sample.labels.size() == sample.spec->labels.size());
    if (sample.kind != SampleKind::set) continue;
    CHECK(std::ranges::count_if(reading.samples, [&](const Sample& other) {
            return other.spec == sample.spec && other.labels == sample.labels;
          }) == 1);
  }
}

TEST_CASE("the query duration is the latency that windows judge and pages show") {
  const Kind& kind = postgres_kind();
  REQUIRE(kind.latency == "postgres_query_duration_seconds");
  CHECK(kind.metric(kind.latency).type == MetricType::histogram);
  const Reading reading = judge(healthy());
  const auto is_latency = [&](const Sample& sample) {
    return sample.spec->name == kind.latency && sample.kind == SampleKind::observe;
  };
  CHECK(std::ranges::count_if(reading.samples, is_latency) == 1);
}
