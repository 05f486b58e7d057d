// SPDX-License-Identifier: Apache-2.0
// Kind `postgres`: the server's statistics, their samples and findings.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/unit/checks/postgres/facts.h"

using namespace holdfast;
using namespace holdfast::testing;

namespace {

/// The reading of a calm server, of whose statistics some are other numbers or absent.
Reading judge_with(const std::map<std::string, std::optional<double>>& changes,
                   const PostgresSettings& settings = usual()) {
  PostgresFacts facts = healthy();
  facts.server = calm();
  for (const auto& [name, value] : changes) {
    facts.server->numbers.erase(name);
    if (value) facts.server->numbers[name] = *value;
  }
  return judge(facts, settings);
}

/// The text of the only finding, or "".
std::string text_of(const Reading& reading) {
  REQUIRE(reading.findings.size() <= 1);
  return reading.findings.empty() ? "" : reading.findings[0].text;
}

}  // namespace

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

TEST_CASE("every statistic that could be read is a sample, and no other") {
  const Reading reading =
      judge_with({{"replication_lag", 4}, {"waiting_locks", 2}, {"deadlocks", std::nullopt}});
  CHECK(value_of(reading, "postgres_in_recovery") == 0.0);
  CHECK(value_of(reading, "postgres_replication_lag_seconds") == 4.0);
  CHECK(value_of(reading, "postgres_database_size_bytes") == 1e9);
  CHECK(value_of(reading, "postgres_connections") == 20.0);
  CHECK(value_of(reading, "postgres_max_connections") == 100.0);
  CHECK(value_of(reading, "postgres_waiting_locks") == 2.0);
  CHECK(value_of(reading, "postgres_commits_total") == 5.0);
  CHECK_FALSE(value_of(reading, "postgres_deadlocks_total"));
  CHECK(value_of(reading, "postgres_backends", {"active"}) == 2.0);
  CHECK(value_of(reading, "postgres_backends", {"idle"}) == 18.0);
  CHECK(value_of(reading, "postgres_version_info", {"15.20"}) == 1.0);
}

TEST_CASE("the role is judged where one is configured and the server tells its own") {
  using Role = PostgresSettings::Role;
  struct Row {
    Role role;
    std::optional<double> in_recovery;
    const char* text;
  };
  const Row rows[] = {
      {Role::any, 0, ""},
      {Role::any, 1, ""},
      {Role::primary, 0, ""},
      {Role::primary, 1, "The server is a standby and should be a primary: it accepts no writes."},
      {Role::standby, 0, "The server is a primary and should be a standby."},
      {Role::standby, 1, ""},
      {Role::primary, std::nullopt, ""},
      {Role::standby, std::nullopt, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    PostgresSettings settings = usual();
    settings.role = row.role;
    CHECK(text_of(judge_with({{"in_recovery", row.in_recovery}}, settings)) == row.text);
  }
}

TEST_CASE("replication lag is that of this standby, or of the slowest one of a primary") {
  const std::string slowest = "The slowest standby is 61 s behind (limit 1 min).";
  const auto text = [](std::optional<double> in_recovery, double lag) {
    return text_of(judge_with({{"in_recovery", in_recovery}, {"replication_lag", lag}}));
  };
  CHECK(text(0, 61) == slowest);
  CHECK(text(1, 61) == "This standby is 61 s behind (limit 1 min).");
  CHECK(text(std::nullopt, 61) == slowest);
  CHECK(text(1, 60).empty());
}

TEST_CASE("connections in use are compared with those that are not reserved, as far as known") {
  const auto text = [](std::optional<double> in_use, std::optional<double> max,
                       std::optional<double> reserved) {
    return text_of(
        judge_with({{"connections", in_use}, {"max_connections", max}, {"reserved", reserved}}));
  };
  CHECK(text(85, 100, 0).empty());
  CHECK(text(85, 100, std::nullopt).empty());
  CHECK(text(86, 100, std::nullopt) ==
        "86 of 100 non-reserved connections are in use (limit 85 %).");
  CHECK(text(1, 4, 3) == "1 of 1 non-reserved connections are in use (limit 95 %).");
  CHECK(text(3, 3, 3).empty());
  CHECK(text(94, std::nullopt, 3).empty());
  CHECK(text(std::nullopt, 100, 3).empty());
}
