// SPDX-License-Identifier: Apache-2.0
// Kind `pool` on a real server.
#include <doctest/doctest.h>

#include "checks/pool/judge.h"
#include "checks/support/pg/dial.h"
#include "tests/integration/pg/site.h"

using namespace holdfast;
using holdfast::test::codes;
using holdfast::test::limit;
using holdfast::test::sample;
using holdfast::test::Site;

namespace {

Deadline patient() { return {std::chrono::seconds(30), nullptr}; }

/// An application's session: another role than the one that watches.
PgConnection session_of_application(const Site& site, const std::string& sql) {
  const auto resolver = make_resolver();
  auto dialled = dial(site.superuser(), *resolver, patient());
  REQUIRE_FALSE(dialled.error);
  REQUIRE(dialled.connection.query("SET application_name = 'shop'; " + sql, patient()));
  return std::move(dialled.connection);
}

CheckConfig config_for(const Site& site) {
  CheckConfig config{.name = "pool", .kind = "pool"};
  config.database = site.database();
  config.options.set("source", std::string("postgres"));
  config.options.set("waiting", limit(Unit::count, 0, 5));
  config.options.set("idle_in_transaction", limit(Unit::seconds, 3600));
  config.options.set("full_for", Duration(std::chrono::minutes(5)));
  return config;
}

}  // namespace

TEST_CASE("sessions are counted by state, without our own") {
  Site site;
  CheckConfig config = config_for(site);
  config.options.set("budget", 21.0);
  const auto idle = session_of_application(site, "SELECT 1");
  const auto busy = session_of_application(site, "BEGIN");
  const Reading reading = site.run(pool_kind(), config);
  CHECK(codes(reading) == "");
  CHECK(sample(reading, "pool_up") == 1.0);
  CHECK(sample(reading, "pool_in_use_connections", {"database/site"}) == 1.0);
  CHECK(sample(reading, "pool_idle_connections", {"database/site"}) == 1.0);
  CHECK(sample(reading, "pool_max_connections", {"database/site"}) == 21.0);
  CHECK(sample(reading, "pool_max_connections", {"server"}) == 17.0);
  CHECK(sample(reading, "pool_connections", {"shop", "postgres", "site", "idle"}) == 1.0);
  CHECK(sample(reading, "pool_connections", {"shop", "postgres", "site", "idle in transaction"}) ==
        1.0);

  config.options.set("budget", 1.0);
  config.options.set("idle_in_transaction", limit(Unit::seconds, 0));
  CHECK(codes(site.run(pool_kind(), config)) == "pool_over_budget pool_idle_in_transaction");
}

TEST_CASE("without pg_monitor the connections in use are unknown, reported once") {
  Site site;
  site.run("REVOKE pg_monitor FROM site_watch");
  const auto idle = session_of_application(site, "SELECT 1");
  const Reading reading = site.run(pool_kind(), config_for(site));
  CHECK(codes(reading) == "pool_states_hidden");
  CHECK(status_of(reading) == Status::ok);
  CHECK_FALSE(sample(reading, "pool_in_use_connections", {"server"}).has_value());
  CHECK(reading.not_judged == std::vector<std::string>{"pool_in_use_connections"});
}
