// SPDX-License-Identifier: Apache-2.0
// Kind `postgres`: every finding with its sentence.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>

#include "tests/unit/checks/golden.h"
#include "tests/unit/checks/postgres/facts.h"

using namespace holdfast;
using namespace holdfast::testing;
using std::chrono::hours;
using std::chrono::milliseconds;

TEST_CASE("a healthy server is ok, and the note has both durations") {
  const Reading reading = judge(healthy());
  CHECK(status_of(reading) == Status::ok);
  CHECK(reading.findings.empty());
  CHECK(reading.notes == std::vector<std::string>{"query 31 ms, new connection 196 ms, TLSv1.3"});
  CHECK(value_of(reading, "postgres_up") == 1.0);
  CHECK(value_of(reading, "postgres_query_duration_seconds") == 0.031);
  CHECK(value_of(reading, "postgres_connect_duration_seconds") == 0.196);
  CHECK(value_of(reading, "postgres_tls_info", {"TLSv1.3", "TLS_AES_256_GCM_SHA384"}) == 1.0);
  CHECK(value_of(reading, "postgres_certificate_not_after_timestamp_seconds", {"leaf"}) ==
        epoch_seconds(kWall + hours(24 * 60)));
  CHECK(value_of(reading, "postgres_certificate_not_before_timestamp_seconds", {"leaf"}) ==
        epoch_seconds(kWall - hours(24)));
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

TEST_CASE("a certificate is valid until its last second") {
  PostgresFacts facts = healthy();
  facts.tls.chain[0].not_after = kWall + std::chrono::seconds(1);
  CHECK(judge(facts).findings.at(0).text ==
        "The leaf certificate \"db.example\" expires in 1 s, on 2027-01-15 (limit 3 d).");
  facts.tls.chain[0].not_after = kWall;
  CHECK(judge(facts).findings.at(0).text ==
        "The leaf certificate \"db.example\" expired on 2027-01-15 (limit 3 d).");
}

TEST_CASE("a local socket needs no verified host name") {
  PostgresSettings settings = usual();
  settings.database.sslmode = "disable";
  CHECK(judge(healthy(), settings).findings.size() == 1);
  settings.database.host = "/run/postgresql";
  CHECK(judge(healthy(), settings).findings.empty());
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

TEST_CASE("a failure is counted once, and every other reason is exported as 0") {
  const auto count = [](const Reading& reading, const char* phase, const char* reason) {
    double sum = 0;
    std::size_t samples = 0;
    for (const Sample& sample : reading.samples) {
      if (sample.spec->name != "postgres_failures_total") continue;
      CHECK(sample.kind == SampleKind::add);
      if (sample.labels != std::vector<std::string>{phase, reason}) continue;
      sum += sample.value;
      ++samples;
    }
    REQUIRE(samples > 0);
    return sum;
  };
  CHECK(count(judge(healthy()), "tcp", "timed_out") == 0);
  CHECK(count(judge(healthy()), "query", "closed") == 0);
  PostgresFacts facts = healthy();
  facts.connect_error = Error{Reason::timed_out, "tcp", "", ""};
  const Reading reading = judge(facts);
  CHECK(count(reading, "tcp", "timed_out") == 1);
  CHECK(count(reading, "tls", "timed_out") == 0);
}

TEST_CASE("only a query that was waited for says how long") {
  struct Row {
    Error error;
    const char* text;
  };
  const Row rows[] = {
      {{Reason::timed_out, "query", "", ""},
       "the database timeweb did not answer a query on the persistent connection in time (2.5 s)"},
      {{Reason::timed_out, "tcp", "", ""}, "the database timeweb did not answer in time"},
      {{Reason::closed, "query", "", ""},
       "the database timeweb closed the connection unexpectedly"},
      {{Reason::timed_out, "query", "all of it is known already", ""},
       "all of it is known already"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    PostgresFacts facts = healthy();
    facts.query.reset();
    facts.query_error = row.error;
    facts.query_waited = milliseconds(2500);
    const Reading reading = judge(facts);
    REQUIRE(reading.failure);
    CHECK(reading.failure->text == row.text);
  }
}

TEST_CASE("a persistent connection that was lost and replaced is a note and no failure") {
  PostgresFacts facts = healthy();
  facts.query_error = Error{Reason::closed, "query", "", ""};
  facts.was_replaced = true;
  const Reading reading = judge(facts);
  CHECK_FALSE(reading.failure);
  CHECK(status_of(reading) == Status::ok);
  CHECK(value_of(reading, "postgres_up") == 1.0);
  const std::string note = "the persistent connection was lost and has been replaced";
  CHECK(std::ranges::count(reading.notes, note) == 1);
  facts.connect_error = Error{Reason::refused, "tcp", "", ""};
  CHECK(std::ranges::count(judge(facts).notes, note) == 0);
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
