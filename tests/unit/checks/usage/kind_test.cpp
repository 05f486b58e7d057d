// SPDX-License-Identifier: Apache-2.0
// The options of kind `usage` as a person writes them.
#include <doctest/doctest.h>

#include "checks/usage/judge.h"
#include "exporter/config/config.h"

using namespace holdfast;
using namespace std::chrono_literals;

namespace {

ConfigOutcome read(const std::string& options) {
  return parse_config(
      "timezone: Europe/Moscow\n"
      "databases: {main: {host: a, dbname: b, user: c}}\n"
      "checks: [{name: a, kind: usage, database: main, " +
          options + "}]\n",
      "test.yaml", [](const std::string&) { return std::nullopt; });
}

std::string faults_of(const std::string& options) {
  std::string out;
  for (const ConfigError& error : read(options).errors)
    out += (out.empty() ? "" : "\n") + error.path + ": " + error.text;
  return out;
}

}  // namespace

TEST_CASE("what a person writes is what the check expects") {
  const auto outcome = read(
      "role: active, tables: {whatsapp_keys: {min_writes: 10/d}, shop.orders: {}}, "
      "applications: [api, bot-79991234567], active: {hours: '08:00-22:00', days: mon-sat}, "
      "gone_after: 5m");
  REQUIRE(outcome.config);
  const usage::Settings settings = usage::settings_of(outcome.config->checks.at(0));
  CHECK(settings.role == usage::Role::active);
  CHECK(settings.database == "main");
  CHECK(settings.tables.at("whatsapp_keys") == usage::Rate{10, 24h});
  CHECK_FALSE(settings.tables.at("shop.orders"));
  CHECK(settings.applications == std::vector<std::string>{"api", "bot-(number)"});
  CHECK(settings.active.begin == 8h);
  CHECK_FALSE(settings.active.days.at(0));
  CHECK(settings.active.timezone == "Europe/Moscow");
  CHECK(settings.gone_after == 5min);
  const auto least = read("role: retired");
  REQUIRE(least.config);
  CHECK(usage::settings_of(least.config->checks.at(0)).role == usage::Role::retired);
  CHECK(usage::settings_of(least.config->checks.at(0)).gone_after == 10min);
}

TEST_CASE("options that do not fit are faults, each at its place") {
  CHECK(faults_of("tables: {keys: {min_writes: often}}") ==
        "checks[0].tables.keys.min_writes: is not a rate such as 1/h, 10/d or 5/m, over 0 and at "
        "least one in 31 days");
  CHECK(faults_of("active: {hours: 8-22, days: weekdays}") ==
        "checks[0].active.hours: is not two times of a day such as 08:00-22:00\n"
        "checks[0].active.days: is not days of the week such as mon-sat or mon,wed,fri");
  CHECK(faults_of("role: retired, tables: {a: {}}, applications: [b], active: {}") ==
        "checks[0].tables: is only valid with role: active; a retired database must always be "
        "unused\n"
        "checks[0].applications: is only valid with role: active; a retired database must always "
        "be unused\n"
        "checks[0].active: is only valid with role: active; a retired database must always be "
        "unused");
  CHECK(faults_of("applications: [a, holdfast], allow_applications: [a]") ==
        "checks[0].applications: contains holdfast, whose own sessions are never counted\n"
        "checks[0].allow_applications: contains an application that is also in applications");
  CHECK(faults_of("role: passive").find("is not one of active or retired") != std::string::npos);
}
