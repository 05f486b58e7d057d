// SPDX-License-Identifier: Apache-2.0
// The start with no file at all.
#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "exporter/config/postgres_url.h"
#include "tests/unit/exporter/config/fake_kinds.h"

using namespace holdfast;
using namespace holdfast::testing;

namespace {

ConfigOutcome start_with(const std::map<std::string, std::string>& variables) {
  return config_from_environment(environment_of(variables), fake_kinds());
}

std::string all_text(const ConfigOutcome& outcome) {
  std::string out;
  for (const ConfigError& error : outcome.errors) out += render_config_error(error) + "\n";
  if (outcome.config)
    for (const std::string& note : outcome.config->notes) out += note + "\n";
  return out;
}

/// A directory that is removed after the test.
struct Folder {
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "holdfast-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string path;
};

}  // namespace

TEST_CASE("a database URL is parsed and unescaped") {
  const auto url = parse_postgres_url(
      "postgresql://ho%6Cd:p%40ss%2Fw@db.example.net:6432/app%20one?sslmode=require&x=%3D");
  REQUIRE(url.value);
  CHECK(url.value->user == "hold");
  CHECK(url.value->password == "p@ss/w");
  CHECK(url.value->host == "db.example.net");
  CHECK(url.value->port == "6432");
  CHECK(url.value->dbname == "app one");
  CHECK(url.value->parameters.at("sslmode") == "require");
  CHECK(url.value->parameters.at("x") == "=");
}

TEST_CASE("unusual database URLs are accepted, and invalid ones rejected without quoting them") {
  CHECK(parse_postgres_url("postgres://u:a@b/c@h/d").value->password == "a@b/c");
  CHECK(parse_postgres_url("postgres://[::1]:5433/d").value->host == "::1");
  CHECK(parse_postgres_url("postgres://[::1]:5433/d").value->port == "5433");
  CHECK(parse_postgres_url("postgres://h").value->dbname.empty());
  CHECK(parse_postgres_url("postgres://").value->host.empty());
  CHECK(parse_postgres_url("postgres://u@h/d").value->password.empty());
  for (const char* text :
       {"", "mysql://u:canary@h/d", "u:canary@h/d", "postgres://u:canary%@h/d",
        "postgres://u:canary%2@h/d", "postgres://u:canary%zz@h/d", "postgres://u:canary%00@h/d",
        "postgres://u:canary@h1,h2/d", "postgres://u:canary@[::1/d", "postgres://h/d?a=%zcanary"}) {
    CAPTURE(text);
    const auto url = parse_postgres_url(text);
    CHECK(!url.value);
    CHECK(!url.error.empty());
    CHECK(url.error.find("canary") == std::string::npos);
  }
}

TEST_CASE("with no file, the database comes from DATABASE_URL before all others") {
  const ConfigOutcome outcome =
      start_with({{"DATABASE_URL", "postgres://me:canary@one.example.net/app"},
                  {"POSTGRES_HOST", "two.example.net"},
                  {"PGSSLROOTCERT", "/root.crt"}});
  REQUIRE(outcome.config);
  const Database& database = outcome.config->databases.at("app");
  CHECK(database.host == "one.example.net");
  CHECK(database.port == "5432");
  CHECK(database.sslmode == "verify-full");
  CHECK(database.sslrootcert == "/root.crt");
  CHECK(database.password.read().value() == "canary");
  REQUIRE(outcome.config->checks.size() == 2);
  CHECK(outcome.config->checks[0].name == "postgres");
  CHECK(outcome.config->checks[0].options.has("latency"));
  CHECK(outcome.config->checks[1].kind == "pool");
  CHECK(outcome.config->checks[1].database == database);
  CHECK(all_text(outcome) == "database app on one.example.net from DATABASE_URL\n");
}

TEST_CASE("with no file, POSTGRES_* and then PG* name the database") {
  const ConfigOutcome first = start_with({{"POSTGRES_HOST", "h"},
                                          {"POSTGRES_PORT", "6000"},
                                          {"POSTGRES_DATABASE", "app"},
                                          {"POSTGRES_USER", "me"},
                                          {"POSTGRES_PASSWORD", "canary"},
                                          {"PGHOST", "other"}});
  REQUIRE(first.config);
  CHECK(first.config->databases.at("app").port == "6000");
  CHECK(all_text(first) == "database app on h from POSTGRES_*\n");
  const ConfigOutcome second =
      start_with({{"PGHOST", "h"}, {"PGUSER", "me"}, {"PGSSLMODE", "require"}});
  REQUIRE(second.config);
  CHECK(second.config->databases.at("me").dbname == "me");
  CHECK(second.config->databases.at("me").sslmode == "require");
}

TEST_CASE("with no file, PM2 is watched where its directory is") {
  const Folder folder;
  std::filesystem::create_directory(folder.path + "/.pm2");
  const ConfigOutcome named = start_with({{"PM2_HOME", folder.path}});
  REQUIRE(named.config);
  REQUIRE(named.config->checks.size() == 1);
  CHECK(named.config->checks[0].options.get<std::string>("home") == folder.path);
  const ConfigOutcome found = start_with({{"HOME", folder.path}});
  REQUIRE(found.config);
  CHECK(found.config->checks[0].options.get<std::string>("home") == folder.path + "/.pm2");
  CHECK(!start_with({{"HOME", folder.path + "/.pm2"}}).config);
}

TEST_CASE("with no file and nothing found, the error says what to set") {
  const ConfigOutcome outcome = start_with({});
  REQUIRE(outcome.errors.size() == 1);
  CHECK(all_text(outcome).find("set DATABASE_URL, or POSTGRES_HOST") != std::string::npos);
}

TEST_CASE("an error in the environment names the variable and not its value") {
  for (const std::map<std::string, std::string>& variables :
       {std::map<std::string, std::string>{{"DATABASE_URL", "canary"}},
        {{"DATABASE_URL", "postgres://u:canary@h:canary/d"}},
        {{"DATABASE_URL", "postgres://u:canary@/d"}},
        {{"DATABASE_URL", "postgres://u:canary@h/d?sslmode=canary"}},
        {{"POSTGRES_HOST", "h"}, {"POSTGRES_PASSWORD", "canary"}},
        {{"PGHOST", "h"}, {"PGUSER", "u"}, {"PGPORT", "canary"}}}) {
    const ConfigOutcome outcome = start_with(variables);
    CAPTURE(all_text(outcome));
    CHECK(!outcome.config);
    CHECK(!outcome.errors.empty());
    CHECK(all_text(outcome).find("canary") == std::string::npos);
  }
}
