// SPDX-License-Identifier: Apache-2.0
// An independent witness: what the checks report is compared with what libpqxx reads from the same
// server by statements of its own, on data that each test makes anew.
#include <doctest/doctest.h>

#include <pqxx/pqxx>

#include "checks/pool/judge.h"
#include "checks/postgres/postgres.h"
#include "checks/usage/judge.h"
#include "checks/whatsapp/judge.h"
#include "tests/integration/pg/site.h"

using namespace holdfast;
using holdfast::test::limit;
using holdfast::test::sample;
using holdfast::test::Site;

namespace {

constexpr const char* kSession = "company_962302";

/// The superuser's connection to the site's database, as an application of that name.
pqxx::connection connect(const Site& site, const std::string& application) {
  const Database admin = site.superuser();
  return pqxx::connection("host=" + admin.host + " port=" + admin.port + " dbname=" + admin.dbname +
                          " user=" + admin.user + " password=" + admin.password.read().value() +
                          " sslmode=" + admin.sslmode + " sslrootcert=" + admin.sslrootcert +
                          " application_name=" + application);
}

/// The first cell, as the witness sees it.
template <class T>
T value(pqxx::connection& witness, const std::string& sql) {
  pqxx::nontransaction work(witness);
  return work.exec1(sql)[0].as<T>();
}

CheckConfig config_for(const Site& site, const std::string& kind) {
  CheckConfig config{.name = "witnessed", .kind = kind};
  config.database = site.database();
  return config;
}

/// All samples of a metric, by their labels.
std::map<std::vector<std::string>, double> samples_of(const Reading& reading,
                                                      std::string_view metric) {
  std::map<std::vector<std::string>, double> out;
  for (const Sample& one : reading.samples)
    if (one.spec->name == metric) out[one.labels] = one.value;
  return out;
}

}  // namespace

TEST_CASE("witness: the server's facts of kind postgres") {
  Site site;
  auto witness = connect(site, "witness");
  auto holder = connect(site, "holder");
  pqxx::work open(holder);
  open.exec0("SET application_name = 'holder'");
  CheckConfig config = config_for(site, "postgres");
  config.options.set("role", std::string("any"));
  const auto size = "SELECT pg_database_size(current_database())";
  const auto commits = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'site'";
  const double size_before = value<double>(witness, size);
  const double commits_before = value<double>(witness, commits);
  const Reading reading = site.run(postgres_kind(), config);
  CHECK_FALSE(reading.failure.has_value());

  CHECK(sample(reading, "postgres_version_info",
               {value<std::string>(witness, "SHOW server_version")}) == 1.0);
  CHECK(sample(reading, "postgres_max_connections") ==
        value<double>(witness, "SHOW max_connections"));
  CHECK(sample(reading, "postgres_in_recovery") ==
        (value<bool>(witness, "SELECT pg_is_in_recovery()") ? 1.0 : 0.0));
  CHECK(sample(reading, "postgres_database_size_bytes").value_or(0) >= size_before);
  CHECK(sample(reading, "postgres_database_size_bytes").value_or(0) <=
        value<double>(witness, size));
  CHECK(sample(reading, "postgres_commits_total").value_or(0) >= commits_before);
  CHECK(sample(reading, "postgres_commits_total").value_or(0) <= value<double>(witness, commits));
  CHECK(sample(reading, "postgres_oldest_transaction_start_timestamp_seconds").value_or(0) ==
        doctest::Approx(value<double>(witness,
                                      "SELECT extract(epoch FROM min(xact_start)) FROM "
                                      "pg_stat_activity WHERE backend_type = 'client backend' "
                                      "AND pid <> pg_backend_pid()"))
            .epsilon(1e-12));
}

TEST_CASE("witness: the sessions of kind pool") {
  Site site;
  auto witness = connect(site, "witness");
  auto idle = connect(site, "shop");
  auto other = connect(site, "shop");
  auto busy = connect(site, "worker");
  pqxx::work open(busy);
  open.exec1("SELECT 1");
  CheckConfig config = config_for(site, "pool");
  config.options.set("source", std::string("postgres"));
  const Reading reading = site.run(pool_kind(), config);
  CHECK_FALSE(reading.failure.has_value());

  std::map<std::vector<std::string>, double> seen;
  for (const auto& [labels, count] : samples_of(reading, "pool_connections"))
    if (labels.at(0) == "shop" || labels.at(0) == "worker") seen[labels] = count;
  std::map<std::vector<std::string>, double> expected;
  pqxx::nontransaction work(witness);
  for (const auto& row :
       work.exec("SELECT application_name, usename, datname, state, count(*) FROM pg_stat_activity "
                 "WHERE application_name IN ('shop', 'worker') GROUP BY 1, 2, 3, 4"))
    expected[{row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
              row[3].as<std::string>()}] = row[4].as<double>();
  CHECK(expected.size() == 2);
  CHECK(seen == expected);
}

TEST_CASE("witness: the keys of kind whatsapp") {
  Site site;
  site.load_sessions();
  // Some expired, some gone, one large, as no fixture knows it.
  site.run(
      "UPDATE whatsapp_keys SET expires_at = now() - interval '1 minute' WHERE hashtext(key_id) % "
      "7 "
      "= 0; DELETE FROM whatsapp_keys WHERE hashtext(key_id) % 11 = 1; UPDATE whatsapp_keys SET "
      "value = to_jsonb(repeat(md5(key_id), 90)) WHERE hashtext(key_id) % 13 = 2");
  const Reading reading = site.run(whatsapp_kind(), config_for(site, "whatsapp"));
  CAPTURE(reading.failure ? reading.failure->text : std::string());
  CHECK_FALSE(reading.failure.has_value());

  auto witness = connect(site, "witness");
  pqxx::nontransaction work(witness);
  std::map<std::vector<std::string>, double> live;
  double expired = 0;
  for (const auto& row : work.exec(
           "SELECT key_type, count(*) FILTER (WHERE expires_at > now()), count(*) FILTER (WHERE "
           "expires_at <= now()) FROM whatsapp_keys GROUP BY 1")) {
    live[{kSession, row[0].as<std::string>()}] = row[1].as<double>();
    expired += row[2].as<double>();
  }
  CHECK(live.size() == 7);
  CHECK(expired > 0);
  CHECK(samples_of(reading, "whatsapp_keys") == live);
  CHECK(sample(reading, "whatsapp_expired_keys", {kSession}) == expired);
  CHECK(sample(reading, "whatsapp_auth_records") ==
        work.exec1("SELECT count(*) FROM whatsapp_auth")[0].as<double>());
  CHECK(sample(reading, "whatsapp_largest_key_bytes", {kSession}) ==
        work.exec1("SELECT max(pg_column_size(value)) FROM whatsapp_keys")[0].as<double>());
  CHECK(
      sample(reading, "whatsapp_last_write_timestamp_seconds", {kSession}).value_or(0) ==
      doctest::Approx(work.exec1("SELECT extract(epoch FROM max(at)) FROM (SELECT updated_at AS at "
                                 "FROM whatsapp_keys UNION ALL SELECT updated_at FROM "
                                 "whatsapp_auth) AS written")[0]
                          .as<double>())
          .epsilon(1e-12));
}

TEST_CASE("witness: the rows and sessions of kind usage") {
  Site site;
  site.load_sessions();
  {
    auto writer = connect(site, "shop");
    pqxx::work work(writer);
    work.exec0("UPDATE whatsapp_keys SET updated_at = now() WHERE key_type = 'session'");
    work.exec0("DELETE FROM whatsapp_keys WHERE key_type = 'sender-key'");
    work.commit();
  }  // Its counts are in the server's statistics once it has left.
  auto witness = connect(site, "witness");
  auto idle = connect(site, "shop");
  const auto written = "SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'whatsapp_keys'";
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (value<double>(witness, written) < 60) REQUIRE(std::chrono::steady_clock::now() < give_up);
  const Reading reading = site.run(usage_kind(), config_for(site, "usage"));
  CHECK_FALSE(reading.failure.has_value());

  pqxx::nontransaction work(witness);
  for (const auto& row : work.exec("SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM "
                                   "pg_stat_user_tables WHERE relname LIKE 'whatsapp_%'")) {
    const auto table = row[0].as<std::string>();
    CAPTURE(table);
    CHECK(sample(reading, "usage_rows_total", {table, "insert"}) == row[1].as<double>());
    CHECK(sample(reading, "usage_rows_total", {table, "update"}) == row[2].as<double>());
    CHECK(sample(reading, "usage_rows_total", {table, "delete"}) == row[3].as<double>());
  }
  CHECK(sample(reading, "usage_sessions", {"shop", "postgres", "127.0.0.1"}) ==
        work.exec1("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shop'")[0]
            .as<double>());
}
