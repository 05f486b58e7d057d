// SPDX-License-Identifier: Apache-2.0
#include "exporter/config/config.h"

#include <doctest/doctest.h>

#include "tests/unit/exporter/config/fake_kinds.h"

using namespace holdfast;
using namespace holdfast::testing;
using namespace std::chrono_literals;

namespace {

const std::map<std::string, std::string> kSite{{"POSTGRES_HOST", "db.example.net"},
                                               {"PGSSLROOTCERT", "/etc/ssl/root.crt"}};

Config valid_config(const std::string& text,
                    const std::map<std::string, std::string>& variables = {}) {
  ConfigOutcome outcome = parse_config(text, "test.yaml", environment_of(variables), fake_kinds());
  for (const ConfigError& error : outcome.errors) FAIL_CHECK(render_config_error(error));
  REQUIRE(outcome.config);
  return *std::move(outcome.config);
}

}  // namespace

TEST_CASE("the example of the design is read as it is printed") {
  const Config config = valid_config(read_source_file("tests/golden/config/design.yaml"), kSite);
  CHECK(config.timezone == "Europe/Moscow");
  CHECK(config.history_path == "/var/lib/holdfast/history.db");
  const Database& database = config.databases.at("timeweb");
  CHECK(database.host == "db.example.net");
  CHECK(database.port == "5432");
  CHECK(database.sslmode == "verify-full");
  CHECK(database.sslrootcert == "/etc/ssl/root.crt");
  CHECK(database.password.is_set());
  REQUIRE(config.checks.size() == 5);
  CHECK(config.checks[0].interval == 15s);
  CHECK(config.checks[0].timeout == 5s);
  CHECK(config.checks[0].confirm == 3);
  CHECK(config.checks[0].database == database);
  CHECK(config.checks[0].options.get<Limit>("latency").critical == doctest::Approx(0.5));
  CHECK(config.checks[0].options.get<Limit>("certificate").side == Limit::Side::lower);
  CHECK(config.checks[1].options.get<double>("budget") == 21);
  CHECK(config.checks[2].options.get<Limit>("drop").warning == doctest::Approx(0.05));
  CHECK(config.checks[3].options.get<std::vector<std::string>>("expect").size() == 7);
  REQUIRE(config.windows.size() == 1);
  CHECK(config.windows[0].length == 7 * 24h);
  const Criteria& criteria = config.windows[0].go_when;
  CHECK(criteria.coverage == doctest::Approx(0.99));
  CHECK(criteria.critical == 0s);
  CHECK(criteria.warning == 4h);
  CHECK(!criteria.latency);
  CHECK(!criteria.ratio);
  CHECK(criteria.require == std::vector<std::string>{"in-use"});
  const auto tables = config.checks[4].options.get<std::map<std::string, TextMap>>("tables");
  CHECK(tables.at("whatsapp_keys").at("min_writes") == "1/h");
  CHECK(config.checks[4].options.get<TextMap>("active").at("hours") == "08:00-22:00");
  CHECK(config.checks[4].timezone == "Europe/Moscow");
  CHECK(config.notes.empty());
}

TEST_CASE("the packaged example is printed, and contains the example of the design") {
  const std::string design = read_source_file("tests/golden/config/design.yaml");
  // Without the check of the kind that the design's example does not have.
  std::string example = example_config();
  const std::size_t backups = example.find("  - name: backups\n    kind: files\n");
  REQUIRE(backups != std::string::npos);
  example.erase(backups, example.find("windows:\n", backups) - backups);
  CHECK(example.ends_with(design));
  CHECK(read_source_file("deploy/config/holdfast.yaml") == example_config());
  CHECK(valid_config(example_config(), kSite).checks.size() == 6);
  const std::map<std::string, std::string> least{{"POSTGRES_HOST", "h"},
                                                 {"POSTGRES_DATABASE", "d"}};
  CHECK(valid_config(read_source_file("deploy/config/minimal.yaml"), least).checks.size() == 3);
  const std::map<std::string, std::string> moved{{"POSTGRES_HOST", "new"},
                                                 {"POSTGRES_DATABASE", "d"},
                                                 {"PGSSLROOTCERT", "/etc/ssl/root.crt"},
                                                 {"OLD_POSTGRES_HOST", "old"}};
  CHECK(valid_config(read_source_file("deploy/config/moved.yaml"), moved).checks.size() == 2);
}

TEST_CASE("criteria are read by value, for all or by name") {
  const Config config = valid_config(
      "databases: {main: {host: a, dbname: b, user: c}}\n"
      "checks: [{name: a, kind: postgres, database: main}, {name: p, kind: pm2}]\n"
      "windows:\n"
      "  - {name: all, start: now, length: 48h, checks: [a, p],\n"
      "     go_when: {latency: 100ms, ratios: 98%}}\n"
      "  - {name: named, start: now, length: 48h, checks: [a, p], on_no_go: restart,\n"
      "     go_when: {latency: {a: 50ms}, ratios: {messages: 0.98}, critical: 4m}}\n");
  const Criteria& all = config.windows[0].go_when;
  CHECK(all.latency == 100ms);
  CHECK(all.ratio == doctest::Approx(0.98));
  CHECK(all.coverage == doctest::Approx(0.99));  // Missing data never counts towards go.
  CHECK(all.critical == 0s);
  const Criteria& named = config.windows[1].go_when;
  CHECK(!named.latency);
  CHECK(named.latency_of == std::map<std::string, Duration>{{"a", 50ms}});
  CHECK(named.ratio_of.at("messages") == doctest::Approx(0.98));
  CHECK(named.critical == 4min);
  CHECK(config.windows[1].on_no_go == "restart");
  REQUIRE(config.notes.size() == 3);
  CHECK(config.notes[0] ==
        "without history.path, windows are kept in memory only and start again at a restart");
  CHECK(config.notes[1] ==
        "window all has the criterion ratios, which no check of this version measures: it will be "
        "inconclusive");
}

TEST_CASE("a bound that is not set keeps its default, and off removes it") {
  const Config config = valid_config(
      "databases: {main: {host: a, dbname: b, user: c}}\n"
      "checks:\n"
      "  - {name: a, kind: postgres, database: main, latency: {warning: 200ms}}\n"
      "  - {name: b, kind: postgres, database: main, latency: {critical: off}}\n");
  CHECK(config.checks[0].options.get<Limit>("latency").warning == doctest::Approx(0.2));
  CHECK(config.checks[0].options.get<Limit>("latency").critical == doctest::Approx(0.5));
  CHECK(config.checks[1].options.get<Limit>("latency").warning == doctest::Approx(0.1));
  CHECK(!config.checks[1].options.get<Limit>("latency").critical);
}

TEST_CASE("a short interval shortens the built-in timeouts") {
  const Config config = valid_config("checks: [{name: a, kind: pm2, interval: 2s}]\n");
  CHECK(config.checks[0].timeout == 2s);
  CHECK(config.checks[0].retry_interval == 2s);
}

TEST_CASE("a password comes from a variable, a file beside the config, or a credential") {
  const std::string text =
      "databases:\n"
      "  a: {host: a, dbname: b, user: c, password: '${PASSWORD}'}\n"
      "  b: {host: a, dbname: b, user: c, password_file: secret}\n"
      "  c: {host: a, dbname: b, user: c, password_file: /abs}\n"
      "checks: [{name: p, kind: pm2}]\n";
  const ConfigOutcome outcome = parse_config(text, "/etc/holdfast/h.yaml",
                                             environment_of({{"PASSWORD", "pw"}}), fake_kinds());
  REQUIRE(outcome.config);
  const auto& databases = outcome.config->databases;
  CHECK(databases.at("a").password.read().value() == "pw");
  CHECK(databases.at("b").password == Secret::from_file("/etc/holdfast/secret"));
  CHECK(databases.at("c").password == Secret::from_file("/abs"));
}

TEST_CASE("the real kinds accept the examples too") {
  for (const char* file : {"deploy/config/holdfast.yaml", "deploy/config/minimal.yaml"}) {
    CAPTURE(file);
    std::map<std::string, std::string> variables = kSite;
    variables["POSTGRES_DATABASE"] = "app";
    const ConfigOutcome outcome =
        parse_config(read_source_file(file), file, environment_of(variables));
    for (const ConfigError& error : outcome.errors) FAIL_CHECK(render_config_error(error));
    CHECK(outcome.config.has_value());
  }
}
